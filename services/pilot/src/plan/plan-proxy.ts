import type { Scope } from '../scope/types.ts';
import { virtualOutbound } from './capture.ts';
import { type CanMatch, canMatchRule } from './check-match.ts';
import type { ClusterPlan } from './cluster-types.ts';
import { bindConflicts, selectorConflicts } from './conflicts.ts';
import { gatewayListeners } from './gateway-listeners.ts';
import { inboundTables } from './inbound-chains.ts';
import { inboundClusters } from './inbound-clusters.ts';
import { inboundListeners } from './inbound-listeners.ts';
import { inboundTargets } from './inbound-targets.ts';
import { askingOf } from './mixer.ts';
import { outboundClusters } from './outbound-clusters.ts';
import { outboundListeners } from './outbound-listeners.ts';
import { createSharedPlans, type SharedPlans } from './shared-plans.ts';
import { missingMixerClusters, specialClusters } from './special-clusters.ts';
import type { ListenerPlan, Plan } from './types.ts';

export type PlanOptions = {
  /** Whether a mixer rule can meet a request; decided by partial evaluation when absent. */
  readonly canMatch?: CanMatch;
  /** Where parts that other proxies have too are kept; absent: nothing is shared. */
  readonly shared?: SharedPlans;
};

/**
 * Decides everything one proxy does. Equal scopes give equal plans; the order of lists is the same every time, so
 * that what did not change is not sent again.
 */
export function planProxy(scope: Scope, options: PlanOptions = {}): Plan {
  const canMatch = options.canMatch ?? canMatchRule;
  const shared = options.shared ?? createSharedPlans();
  return scope.proxy.type === 'router'
    ? planRouter(scope, canMatch, shared)
    : planSidecar(scope, canMatch, shared);
}

function planSidecar(scope: Scope, canMatch: CanMatch, shared: SharedPlans): Plan {
  const outbound = askingOf(scope, 'outbound', canMatch);
  const inbound = askingOf(scope, 'inbound', canMatch);
  const targets = inboundTargets(scope);
  const { listeners, routeTables, issues } = outboundListeners(outbound, shared);
  const captures = scope.proxy.interceptionMode !== 'NONE';
  const all = [
    ...inboundListeners(inbound, targets),
    ...(captures ? [virtualOutbound(outbound)] : []),
    ...listeners,
  ];
  return {
    listeners: byName(all),
    routeTables: byName([...routeTables, ...inboundTables(inbound, targets)]),
    clusters: withSpecial(scope, sharedClusters(scope, shared), inboundClusters(scope, targets)),
    issues: [
      ...issues,
      ...bindConflicts(all, scope.sidecar),
      ...(scope.sidecar ? selectorConflicts(scope.sidecar, scope.otherSidecars) : []),
    ],
  };
}

function planRouter(scope: Scope, canMatch: CanMatch, shared: SharedPlans): Plan {
  const { listeners, routeTables, issues } = gatewayListeners(askingOf(scope, 'outbound', canMatch));
  return {
    listeners: byName(listeners),
    routeTables: byName(routeTables),
    clusters: withSpecial(scope, sharedClusters(scope, shared), []),
    issues,
  };
}

function sharedClusters(scope: Scope, shared: SharedPlans): readonly ClusterPlan[] {
  return shared.clusters.get(scope.sharedKeys.clusters, () => outboundClusters(scope));
}

function withSpecial(
  scope: Scope,
  outbound: readonly ClusterPlan[],
  inbound: readonly ClusterPlan[],
): readonly ClusterPlan[] {
  const known = new Set(outbound.map(({ name }) => name));
  return byName([...outbound, ...inbound, ...specialClusters(scope), ...missingMixerClusters(scope, known)]);
}

/** One of each name, sorted: Envoy refuses a response that has a name twice. */
function byName<Named extends Pick<ListenerPlan, 'name'>>(all: readonly Named[]): readonly Named[] {
  const first = new Map<string, Named>();
  for (const one of all) if (!first.has(one.name)) first.set(one.name, one);
  return [...first.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
