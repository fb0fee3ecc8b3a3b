import { reported, restricting, type WholeKind } from './table.ts';

/** Kinds that are accepted and validated, and of which nothing has an effect yet. */
export const WHOLE_KINDS: Readonly<Record<string, WholeKind>> = {
  EnvoyFilter: {
    whole: restricting('patches of the proxy configuration, which may restrict access, are not applied yet'),
  },
  RequestAuthentication: { whole: restricting('tokens of end users are not checked yet') },
  WorkloadEntry: { whole: reported('list the endpoint in a ServiceEntry') },
  MeshNetworks: { whole: reported('all endpoints are taken as reachable') },
  ServiceRole: { whole: reported('use an AuthorizationPolicy') },
  ServiceRoleBinding: { whole: reported('use an AuthorizationPolicy') },
  RbacConfig: { whole: restricting('use an AuthorizationPolicy') },
  ClusterRbacConfig: { whole: restricting('use an AuthorizationPolicy') },
  HTTPAPISpec: { whole: reported('as in the classic mesh') },
  HTTPAPISpecBinding: { whole: reported('as in the classic mesh') },
  adapter: { whole: reported('adapters in other processes are not called yet') },
  template: { whole: reported('templates of adapters in other processes are not used yet') },
};

const INSTEAD = 'use the kinds handler and instance with compiledAdapter and compiledTemplate';

/** Kinds of the first mixer API that decide about requests. */
const LEGACY_DECIDING: ReadonlySet<string> = new Set([
  'apikey',
  'authorization',
  'bypass',
  'checknothing',
  'denier',
  'listchecker',
  'listentry',
  'memquota',
  'opa',
  'quota',
  'rbac',
  'redisquota',
]);

/** A kind of the first mixer API. */
export function legacyMixerKind(kind: string): WholeKind {
  return { whole: LEGACY_DECIDING.has(kind) ? restricting(INSTEAD) : reported(INSTEAD) };
}
