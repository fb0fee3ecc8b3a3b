import { type ConfigObject, type Issue, resolveHost } from '@quintet/model';
import {
  MutualTls_Mode,
  type Policy,
  PrincipalBinding,
  type TargetSelector,
} from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { issueAbout } from './issue-about.ts';
import { type Keyed, reuse } from './reuse.ts';

/** How a port of a service treats its callers. */
export type Authentication = {
  readonly mutualTls: 'disabled' | 'permissive' | 'strict';
  /**
   * The policy asks for more than is realised: nobody may come in, rather than too many. The store refuses such
   * policies; this holds should one be here all the same.
   */
  readonly refusesAll: boolean;
  readonly sources: readonly string[];
};

/** A port of a service as authentication policies name it. */
export type ServicePortRef = {
  readonly host: string;
  readonly namespace: string;
  readonly port: { readonly number: number; readonly name: string };
};

/** Policies, oldest first in each list. */
export type AuthenticationIndex = Keyed & {
  readonly byService: ReadonlyMap<string, readonly TargetPolicy[]>;
  readonly byNamespace: ReadonlyMap<string, Authentication>;
  readonly mesh?: Authentication;
  readonly issues: readonly Issue[];
};

/** A policy for one service; without ports it is for all of them. */
type TargetPolicy = {
  readonly host: string;
  readonly ports: TargetSelector['ports'];
  readonly authentication: Authentication;
};

/** What holds where no policy says anything. */
export const OPEN: Authentication = { mutualTls: 'disabled', refusesAll: false, sources: [] };

/** Builds the index from policies and mesh policies, oldest first. */
export function buildAuthentication(options: {
  readonly policies: readonly ConfigObject<Policy>[];
  readonly meshPolicies: readonly ConfigObject<Policy>[];
  readonly domain: string;
  readonly previous?: AuthenticationIndex;
}): AuthenticationIndex {
  const { policies, meshPolicies, domain } = options;
  const all = [...policies, ...meshPolicies];
  return reuse(options.previous, contentKey([all.map(objectKey), domain]), (key) => {
    const targets = policies.flatMap((policy) => targetsOf(policy, domain));
    const defaults = policies.filter((policy) => policy.spec.targets.length === 0);
    const [mesh] = meshPolicies;
    return {
      key,
      byService: Map.groupBy(targets, (target) => target.host),
      byNamespace: new Map(
        defaults.toReversed().map((policy) => [policy.namespace, authenticationOf(policy)]),
      ),
      ...(mesh && { mesh: authenticationOf(mesh) }),
      issues: all.flatMap(issuesOf),
    };
  });
}

/** The policy that counts for a port: of port and service, of the service, of its namespace, of the mesh. */
export function findAuthentication(index: AuthenticationIndex, ref: ServicePortRef): Authentication {
  const service = index.byService.get(ref.host) ?? [];
  const target =
    service.find(({ ports }) => ports.length > 0 && ports.some((port) => selects(port, ref.port))) ??
    service.find(({ ports }) => ports.length === 0);
  return target?.authentication ?? index.byNamespace.get(ref.namespace) ?? index.mesh ?? OPEN;
}

function selects(selector: TargetSelector['ports'][number], port: ServicePortRef['port']): boolean {
  const written = selector.port;
  return written.case === 'name' ? written.value === port.name : written.value === port.number;
}

function targetsOf(policy: ConfigObject<Policy>, domain: string): TargetPolicy[] {
  const authentication = authenticationOf(policy);
  return policy.spec.targets.map((target) => ({
    host: resolveHost(target.name, policy.namespace, domain),
    ports: target.ports,
    authentication,
  }));
}

function authenticationOf(policy: ConfigObject<Policy>): Authentication {
  const peer = policy.spec.peers.find(({ params }) => params.case === 'mtls')?.params;
  return {
    mutualTls:
      peer?.case !== 'mtls'
        ? 'disabled'
        : peer.value.mode === MutualTls_Mode.STRICT
          ? 'strict'
          : 'permissive',
    refusesAll: unrealisedPaths(policy.spec).length > 0,
    sources: [sourceOf(policy)],
  };
}

/** The paths of what a policy asks for and this mesh cannot check: end-user tokens, and binding to their principal. */
function unrealisedPaths(policy: Policy): string[] {
  return [
    ...policy.peers.flatMap(({ params }, index) =>
      params.case === 'jwt' ? [`spec.peers[${index}].jwt`] : [],
    ),
    ...policy.origins.map((_, index) => `spec.origins[${index}]`),
    ...(policy.principalBinding === PrincipalBinding.USE_ORIGIN ? ['spec.principalBinding'] : []),
  ];
}

function issuesOf(policy: ConfigObject<Policy>): Issue[] {
  return unrealisedPaths(policy.spec).map((path) =>
    issueAbout(policy, {
      code: 'QTT2002',
      path,
      message: 'tokens of end users are not checked yet; the workloads of this policy refuse every request',
    }),
  );
}
