import { resolveHost } from '@quintet/model';
import type { Destination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { Scope } from '../scope/types.ts';
import type { MeshService } from '../snapshot/services.ts';
import { BLACK_HOLE, outboundCluster } from './names.ts';

/** Where a route leads. */
export type Target = {
  readonly cluster: string;
  readonly host: string;
  readonly port: number;
  readonly subset: string;
  /** Absent when the proxy knows no such service, port or subset: the cluster is then the one without endpoints. */
  readonly service?: MeshService;
};

/**
 * The cluster of a destination written in `namespace`. Without a port it is the only one of the service, else
 * `listenerPort`. What is not there gets no answer but 503: a route never names a cluster that does not exist.
 */
export function resolveDestination(
  scope: Scope,
  destination: Destination | undefined,
  from: { readonly namespace: string; readonly listenerPort: number },
): Target {
  const host = resolveHost(destination?.host ?? '', from.namespace, scope.mesh.domain);
  const services = scope.servicesByHost.get(host) ?? [];
  const ports = services.flatMap((service) => service.ports);
  const [onlyPort] = ports.length === 1 ? ports : [];
  const port = destination?.port?.number || (onlyPort?.number ?? from.listenerPort);
  const subset = destination?.subset ?? '';
  const service = services.find((candidate) =>
    candidate.ports.some(({ number, protocol }) => number === port && protocol !== 'udp'),
  );
  if (!service || !hasSubset(scope, host, subset)) return { cluster: BLACK_HOLE, host, port, subset };
  return { cluster: outboundCluster(host, port, subset), host, port, subset, service };
}

function hasSubset(scope: Scope, host: string, subset: string): boolean {
  if (subset === '') return true;
  return scope.destinationRules.get(host)?.subsets.some(({ name }) => name === subset) ?? false;
}
