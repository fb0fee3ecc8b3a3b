import { AuthorizationPolicy_Action } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import type { Scope } from '../scope/types.ts';
import type { Authentication } from '../snapshot/authentication.ts';
import type { AuthorizationConfig } from '../snapshot/authorization.ts';
import { type RuleReading, readRule } from './access-rules.ts';
import type { AccessPlan, AccessPolicy } from './access-types.ts';

/** The trust domain that policies may always write for the mesh's own. */
const WRITTEN_TRUST_DOMAIN = 'cluster.local';

/**
 * Who may come in through a chain: first what is denied, then, as soon as one policy selects the workload, only what
 * a policy allows. An authentication policy that cannot be realised refuses everybody.
 */
export function accessPlans(
  scope: Scope,
  protocol: 'http' | 'tcp',
  authentication: Authentication | undefined,
): readonly AccessPlan[] {
  const denying = scope.authorization.filter(({ spec }) => spec.action === AuthorizationPolicy_Action.DENY);
  const allowing = scope.authorization.filter(({ spec }) => spec.action === AuthorizationPolicy_Action.ALLOW);
  const refusing = scope.authorization.filter(isRefusing);
  const nobody = [
    ...(authentication?.refusesAll ? authentication.sources : []),
    ...refusing.map(({ source }) => source),
  ];
  if (nobody.length > 0) return [{ action: 'allow', policies: [], sources: nobody.toSorted() }];
  return [...planOf(scope, 'deny', protocol, denying), ...planOf(scope, 'allow', protocol, allowing)];
}

const REALISED_ACTIONS: ReadonlySet<AuthorizationPolicy_Action> = new Set([
  AuthorizationPolicy_Action.ALLOW,
  AuthorizationPolicy_Action.DENY,
  AuthorizationPolicy_Action.AUDIT,
]);

/** True when a policy leaves the decision to somebody, or is attached to something, that this mesh does not know. */
function isRefusing({ spec }: AuthorizationConfig): boolean {
  return !REALISED_ACTIONS.has(spec.action) || spec.targetRefs.length > 0 || spec.targetRef !== undefined;
}

function planOf(
  scope: Scope,
  action: AccessPlan['action'],
  protocol: RuleReading['protocol'],
  configs: readonly AuthorizationConfig[],
): AccessPlan[] {
  if (configs.length === 0) return [];
  const { trustDomain, trustDomainAliases } = scope.mesh;
  const reading: RuleReading = {
    protocol,
    unknown: action === 'allow' ? 'never' : 'always',
    trustDomains: [...new Set([trustDomain, ...trustDomainAliases, WRITTEN_TRUST_DOMAIN])],
  };
  return [
    {
      action,
      policies: configs.flatMap((config) => policiesOf(config, reading)),
      sources: configs.map(({ source }) => source).toSorted(),
    },
  ];
}

function policiesOf({ namespace, name, spec }: AuthorizationConfig, reading: RuleReading): AccessPolicy[] {
  return spec.rules.map((rule, index) => ({
    name: `ns[${namespace}]-policy[${name}]-rule[${index}]`,
    ...readRule(rule, reading),
  }));
}
