import { resolveHost } from '@quintet/model';
import type { Destination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { type DestinationRuleConfig, findDestinationRule } from '../snapshot/destination-rules.ts';
import { mixerServers } from '../snapshot/mixer-servers.ts';
import type { MeshService } from '../snapshot/services.ts';
import type { Snapshot } from '../snapshot/types.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import { visibleIn } from '../snapshot/visibility.ts';
import { onePerHost } from './egress.ts';
import type { Scope } from './types.ts';

/**
 * The services a proxy has clusters for: those it reaches, those its virtual services send traffic to, and the
 * servers that every proxy needs, whatever its Sidecar says.
 */
export function serviceSet(
  snapshot: Snapshot,
  namespace: string,
  reached: {
    readonly services: readonly MeshService[];
    readonly virtualServices: readonly VirtualServiceConfig[];
    /** The workload's own services: their rules hold for what comes in. */
    readonly own: readonly MeshService[];
  },
): Pick<Scope, 'services' | 'servicesByHost' | 'destinationRules'> {
  const destinations = new Set(
    reached.virtualServices.flatMap((config) => destinationHosts(config, snapshot.mesh.domain)),
  );
  const needed = new Set(mixerServers(snapshot.mesh).map(({ host }) => host));
  const known = new Set(reached.services);
  const hosts = new Set(reached.services.map(({ host }) => host));
  const services = onePerHost(
    snapshot.registry.services.services.filter(
      (service) =>
        known.has(service) ||
        needed.has(service.host) ||
        (destinations.has(service.host) && !hosts.has(service.host) && visibleIn(service, namespace)),
    ),
    namespace,
  );
  return {
    services,
    servicesByHost: Map.groupBy(services, ({ host }) => host),
    destinationRules: rulesOf(snapshot, namespace, [...services, ...reached.own]),
  };
}

function rulesOf(
  snapshot: Snapshot,
  proxyNamespace: string,
  services: readonly MeshService[],
): ReadonlyMap<string, DestinationRuleConfig> {
  const rules = new Map<string, DestinationRuleConfig>();
  for (const service of services) {
    const rule = findDestinationRule(snapshot.destinationRules, {
      host: service.host,
      serviceNamespace: service.namespace,
      proxyNamespace,
      rootNamespace: snapshot.mesh.rootNamespace,
    });
    if (rule) rules.set(service.host, rule);
  }
  return rules;
}

function destinationHosts({ spec, namespace }: VirtualServiceConfig, domain: string): string[] {
  const destinations: (Destination | undefined)[] = [
    ...spec.http.flatMap((route) => [
      ...route.route.map(({ destination }) => destination),
      route.mirror,
      ...route.mirrors.map(({ destination }) => destination),
    ]),
    ...spec.tcp.flatMap((route) => route.route.map(({ destination }) => destination)),
    ...spec.tls.flatMap((route) => route.route.map(({ destination }) => destination)),
  ];
  return destinations.flatMap((destination) =>
    destination ? [resolveHost(destination.host, namespace, domain)] : [],
  );
}
