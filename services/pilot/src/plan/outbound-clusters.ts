import { isHttp2Protocol, isHttpProtocol, type ServicePort } from '@quintet/model';
import type { Scope } from '../scope/types.ts';
import { mixerServers } from '../snapshot/mixer-servers.ts';
import type { MeshService } from '../snapshot/services.ts';
import { upstreamTls } from './client-tls.ts';
import { clusterPolicy, connectionUse, goesToDestination } from './cluster-policy.ts';
import type { ClusterPlan, Discovery, UpstreamProtocol } from './cluster-types.ts';
import { groupEndpoints } from './endpoint-groups.ts';
import { clusterStatName, outboundCluster } from './names.ts';
import { type PortPolicy, portPolicy, subsetPolicy } from './traffic-policy.ts';

/** One cluster to be: a port of a service and one of its subsets; the empty subset is all endpoints. */
type Target = {
  readonly service: MeshService;
  readonly port: ServicePort;
  readonly subset: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly policy: PortPolicy;
  readonly sources: readonly string[];
};

/** A cluster for every port of every service, and for every subset; one name goes to the oldest service. */
export function outboundClusters(scope: Scope): readonly ClusterPlan[] {
  const clusters = new Map<string, ClusterPlan>();
  for (const service of scope.services) {
    for (const port of service.ports.filter(({ protocol }) => protocol !== 'udp')) {
      for (const target of targetsOf(scope, service, port)) {
        const name = outboundCluster(service.host, port.number, target.subset.name);
        if (!clusters.has(name)) clusters.set(name, clusterOf(scope, name, target));
      }
    }
  }
  return [...clusters.values()];
}

function targetsOf(scope: Scope, service: MeshService, port: ServicePort): Target[] {
  const rule = scope.destinationRules.get(service.host);
  const general = portPolicy(rule?.trafficPolicy, port.number);
  const sources = [service.source, ...(rule?.sources ?? [])].toSorted();
  const subsets = rule?.subsets ?? [];
  return [
    { service, port, subset: { name: '', labels: {} }, policy: general, sources },
    ...subsets.map((subset) => ({
      service,
      port,
      subset: { name: subset.name, labels: subset.labels },
      policy: subsetPolicy(general, portPolicy(subset.trafficPolicy, port.number)),
      sources,
    })),
  ];
}

function clusterOf(scope: Scope, name: string, target: Target): ClusterPlan {
  const { service, port, subset, policy } = target;
  const { mesh } = scope;
  const control = mixerServers(mesh).some(
    (server) => server.host === service.host && server.port === port.number,
  );
  const protocol = upstreamProtocol(port, policy, control);
  const tls = upstreamTls(
    scope,
    { service, port, subset: subset.name, http2: protocol.kind === 'http2' },
    policy.tls,
    control ? 'mesh' : undefined,
  );
  const discovery = discoveryOf(scope, target);
  const decided = clusterPolicy(policy, mesh);
  return {
    name,
    ...(mesh.statNames.outbound !== '' && {
      alternativeStatName: clusterStatName(mesh.statNames.outbound, {
        ...service,
        port,
        subset: subset.name,
      }),
    }),
    direction: 'outbound',
    discovery,
    ...decided,
    loadBalancing:
      discovery.kind === 'destination'
        ? { ...decided.loadBalancing, policy: 'destination' }
        : balanced(decided),
    protocol,
    tls,
    sources: target.sources,
  };
}

/** Only original destinations can be passed through to; elsewhere the balancer goes round. */
function balanced({ loadBalancing }: Pick<ClusterPlan, 'loadBalancing'>): ClusterPlan['loadBalancing'] {
  return loadBalancing.policy === 'destination' ? { ...loadBalancing, policy: 'round-robin' } : loadBalancing;
}

function upstreamProtocol(port: ServicePort, policy: PortPolicy, control: boolean): UpstreamProtocol {
  const use = connectionUse(policy);
  if (isHttp2Protocol(port.protocol) || control) return { kind: 'http2', ...use };
  if (isHttpProtocol(port.protocol)) return { kind: 'http1', ...use };
  return { kind: port.protocol === 'unknown' ? 'as-received' : 'tcp', ...use };
}

/**
 * Where endpoints come from. An original destination exists only where traffic is captured; other proxies get the
 * endpoints of the service, of which there may be none.
 */
function discoveryOf(scope: Scope, { service, port, subset, policy }: Target): Discovery {
  const { proxy, mesh } = scope;
  const captures = proxy.type === 'sidecar' && proxy.interceptionMode !== 'NONE';
  if (captures && (service.resolution === 'none' || goesToDestination(policy)))
    return { kind: 'destination' };
  const locality = { locality: scope.locality, failover: policy.outlierDetection !== undefined };
  if (service.resolution === 'dns') {
    return {
      kind: 'dns',
      groups: groupEndpoints({
        endpoints: [{ service, endpoints: service.dnsEndpoints }],
        port: port.number,
        labels: subset.labels,
        settings: mesh.locality,
        ...locality,
      }),
      refreshMs: mesh.dnsRefreshMs,
      respectTtl: true,
    };
  }
  return {
    kind: 'endpoints',
    selection: {
      host: service.host,
      namespace: service.namespace,
      port: port.number,
      labels: subset.labels,
      ...(localityMatters(scope, policy) ? locality : { locality: '', failover: false }),
    },
  };
}

/** Proxies of all localities share what does not depend on theirs. */
function localityMatters(scope: Scope, policy: PortPolicy): boolean {
  if (scope.locality === '') return false;
  return scope.mesh.locality.distribute.length > 0 || policy.outlierDetection !== undefined;
}
