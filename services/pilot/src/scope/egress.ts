import { hostsOverlap, MESH_GATEWAY, matchHost, parseProtocol, resolveHost } from '@quintet/model';
import {
  CaptureMode,
  type IstioEgressListener,
} from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import type { ProxyNode } from '@quintet/proxy';
import type { MeshService } from '../snapshot/services.ts';
import type { SidecarConfig } from '../snapshot/sidecars.ts';
import type { Snapshot } from '../snapshot/types.ts';
import { type VirtualServiceConfig, virtualServicesFor } from '../snapshot/virtual-services.ts';
import { visibleIn } from '../snapshot/visibility.ts';
import type { EgressView } from './types.ts';

/** `namespace/host` of an egress listener. */
type HostFilter = { readonly namespace: string; readonly host: string };

const EVERYTHING: HostFilter = { namespace: '*', host: '*' };
const SIDECARS: ReadonlySet<string> = new Set([MESH_GATEWAY]);

/** What each outbound listener of a sidecar may reach; without a Sidecar, one listener that reaches all that is visible. */
export function egressViews(
  snapshot: Snapshot,
  proxy: ProxyNode,
  sidecar: SidecarConfig | undefined,
): readonly EgressView[] {
  const namespace = proxy.configNamespace;
  const visible = snapshot.registry.services.services.filter((service) => visibleIn(service, namespace));
  const virtualServices = virtualServicesFor(snapshot.virtualServices, SIDECARS, namespace);
  const select = (filters: readonly HostFilter[]) => ({
    services: onePerHost(
      visible.filter((service) => reaches(filters, service)),
      namespace,
    ),
    virtualServices: virtualServices.filter((config) => reachesConfig(filters, config)),
  });
  const listeners = sidecar?.spec.egress ?? [];
  if (listeners.length === 0) {
    return [{ bind: '', captured: proxy.interceptionMode !== 'NONE', ...select([EVERYTHING]) }];
  }
  return listeners.map((listener) => ({
    ...portOf(listener),
    bind: listener.bind,
    captured: isCaptured(listener.captureMode, proxy),
    ...select(listener.hosts.map((host) => hostFilter(host, namespace, snapshot.mesh.domain))),
  }));
}

/**
 * One namespace for each host: the proxy's own where it has the host, else that of the oldest service. Several
 * entries of that namespace stay, their ports add up.
 */
export function onePerHost(services: readonly MeshService[], namespace: string): readonly MeshService[] {
  const homes = new Map<string, string>();
  for (const service of services) {
    if (service.namespace === namespace || !homes.has(service.host))
      homes.set(service.host, service.namespace);
  }
  return services.filter((service) => homes.get(service.host) === service.namespace);
}

/** Whether a Sidecar's listener takes captured traffic; the default is what the proxy does as a whole. */
export function isCaptured(mode: CaptureMode, proxy: ProxyNode): boolean {
  return mode === CaptureMode.IPTABLES || (mode === CaptureMode.DEFAULT && proxy.interceptionMode !== 'NONE');
}

function portOf(listener: IstioEgressListener): Pick<EgressView, 'port'> {
  const { port } = listener;
  if (!port || port.number === 0) return {};
  return { port: { number: port.number, name: port.name, protocol: parseProtocol(port.protocol) } };
}

/** `~` stands for no namespace at all: no namespace has that name. */
function hostFilter(written: string, namespace: string, domain: string): HostFilter {
  const slash = written.indexOf('/');
  const home = slash < 0 ? '*' : written.slice(0, slash);
  const own = home === '.' ? namespace : home;
  const host = resolveHost(written.slice(slash + 1), own === '*' ? namespace : own, domain);
  return { namespace: own, host };
}

function reaches(filters: readonly HostFilter[], service: MeshService): boolean {
  return filters.some(
    (filter) =>
      (filter.namespace === '*' || filter.namespace === service.namespace) &&
      matchHost(filter.host, service.host),
  );
}

function reachesConfig(filters: readonly HostFilter[], config: VirtualServiceConfig): boolean {
  return filters.some(
    (filter) =>
      (filter.namespace === '*' || filter.namespace === config.namespace) &&
      config.hosts.some((host) => hostsOverlap(filter.host, host)),
  );
}
