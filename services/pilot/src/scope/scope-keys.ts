import { contentKey } from '../snapshot/content-key.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import type { Scope } from './types.ts';

/**
 * Keys over everything a plan is made of: `key` for all of it, `sharedKeys` for the parts that do not depend on who
 * the proxy is, only on what it sees and where it stands.
 */
export function scopeKeys(parts: Omit<Scope, 'key' | 'sharedKeys'>): Pick<Scope, 'key' | 'sharedKeys'> {
  const clusters = clustersKey(parts);
  const routes = routesKey(parts, clusters);
  const key = contentKey([
    clusters,
    routes,
    parts.proxy,
    parts.instances.map(({ service, endpoint }) => [service.key, endpoint]),
    keysOf(parts.otherSidecars),
    keysOf(parts.gateways),
    keysOf(parts.virtualServices),
    keysOf(parts.authorization),
    parts.quotas.key,
  ]);
  return { key, sharedKeys: { clusters, routes } };
}

function clustersKey(parts: Omit<Scope, 'key' | 'sharedKeys'>): string {
  const { proxy } = parts;
  return contentKey([
    parts.mesh.key,
    proxy.type,
    proxy.interceptionMode,
    parts.locality,
    keysOf(parts.services),
    [...parts.destinationRules].map(([host, rule]) => [host, rule.key]),
    parts.authentication.key,
  ]);
}

function routesKey(parts: Omit<Scope, 'key' | 'sharedKeys'>, clusters: string): string {
  const { proxy, egress } = parts;
  const configs = egress.flatMap(({ virtualServices }) => virtualServices);
  return contentKey([
    clusters,
    parts.outbound,
    proxy.domain,
    proxy.namespace,
    proxy.configNamespace,
    configs.some(readsLabels) ? proxy.labels : {},
    parts.sidecar?.key ?? '',
    egress.map((view) => [
      view.port ?? '',
      view.bind,
      view.captured,
      keysOf(view.services),
      keysOf(view.virtualServices),
    ]),
    parts.checkRules.key,
  ]);
}

/** True when a virtual service means something else to clients with other labels. */
function readsLabels({ spec }: VirtualServiceConfig): boolean {
  return spec.http.some(({ match }) =>
    match.some(({ sourceLabels }) => Object.keys(sourceLabels).length > 0),
  );
}

function keysOf(list: readonly { readonly key: string }[]): string[] {
  return list.map(({ key }) => key);
}
