import { isIp, parseProtocol, type ServicePort } from '@quintet/model';
import type { IstioIngressListener } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import { isCaptured } from '../scope/egress.ts';
import type { Scope } from '../scope/types.ts';
import { type Authentication, findAuthentication } from '../snapshot/authentication.ts';
import type { MeshService, ServiceInstance } from '../snapshot/services.ts';
import type { SidecarConfig } from '../snapshot/sidecars.ts';
import type { EndpointPlan } from './cluster-types.ts';
import { endpointPort } from './endpoint-groups.ts';
import { inboundCluster } from './names.ts';
import type { Bind } from './types.ts';

/** One port of the workload on which its proxy accepts connections. */
export type InboundTarget = {
  readonly cluster: string;
  readonly host: string;
  /** The service it belongs to; absent for a port that no service has. */
  readonly service?: MeshService;
  readonly port: ServicePort;
  /** The port connections are made to. */
  readonly listenPort: number;
  /** Where the application listens. */
  readonly endpoint: EndpointPlan['address'];
  /** A listener of its own; absent: a chain of the listener that takes captured traffic. */
  readonly bind?: Bind;
  readonly authentication: Authentication;
  readonly sources: readonly string[];
};

const LOOPBACK = '127.0.0.1';

/** The ports of a sidecar's workload: as its Sidecar lists them, else those of its services. The first of a port wins. */
export function inboundTargets(scope: Scope): readonly InboundTarget[] {
  const listeners = scope.sidecar?.spec.ingress ?? [];
  const { sidecar } = scope;
  const targets =
    sidecar && listeners.length > 0
      ? listeners.flatMap((listener) => ingressTarget(scope, sidecar, listener) ?? [])
      : capturedTargets(scope);
  return [...new Map(targets.toReversed().map((target) => [target.listenPort, target])).values()].toSorted(
    (a, b) => a.listenPort - b.listenPort,
  );
}

/** The policy that holds for the workload's ports which belong to no service. */
export function workloadAuthentication(scope: Scope): Authentication {
  return findAuthentication(scope.authentication, {
    host: '',
    namespace: scope.proxy.namespace,
    port: { number: 0, name: '' },
  });
}

/** Without traffic capture nothing comes in but through listeners that a Sidecar names. */
function capturedTargets(scope: Scope): InboundTarget[] {
  if (scope.proxy.interceptionMode === 'NONE') return [];
  return scope.instances.flatMap((instance) =>
    instance.service.ports
      .filter((port) => port.protocol !== 'udp' && endpointPort(instance.endpoint, port) !== 0)
      .map((port) => {
        const listenPort = endpointPort(instance.endpoint, port);
        return {
          ...serviceParts(scope, instance.service, port),
          port,
          listenPort,
          endpoint: { kind: 'ip', address: LOOPBACK, port: listenPort } as const,
          sources: [instance.service.source],
        };
      }),
  );
}

function ingressTarget(
  scope: Scope,
  sidecar: SidecarConfig,
  listener: IstioIngressListener,
): InboundTarget | undefined {
  const endpoint = parseEndpoint(listener.defaultEndpoint, scope);
  const written = listener.port;
  if (!endpoint || !written) return undefined;
  const own = instanceOf(scope, written.number);
  const protocol =
    written.protocol === '' ? (own?.port.protocol ?? 'unknown') : parseProtocol(written.protocol);
  const port = { number: written.number, name: written.name, protocol };
  const bound = !isCaptured(listener.captureMode, scope.proxy);
  const host = own?.instance.service.host ?? `${sidecar.name}.${sidecar.namespace}`;
  return {
    cluster: inboundCluster(host, port.number, port.name),
    host,
    ...(own && { service: own.instance.service }),
    port,
    listenPort: port.number,
    endpoint,
    ...(bound && { bind: bindOf(scope, listener) }),
    authentication: own
      ? serviceParts(scope, own.instance.service, own.port).authentication
      : workloadAuthentication(scope),
    sources: [sidecar.source, ...(own ? [own.instance.service.source] : [])].toSorted(),
  };
}

function serviceParts(
  scope: Scope,
  service: MeshService,
  port: ServicePort,
): Pick<InboundTarget, 'cluster' | 'host' | 'service' | 'authentication'> {
  const { host, namespace } = service;
  return {
    cluster: inboundCluster(host, port.number, port.name),
    host,
    service,
    authentication: findAuthentication(scope.authentication, { host, namespace, port }),
  };
}

/** The workload's service on a port: by the port its instance serves, else by the service's own. */
function instanceOf(
  scope: Scope,
  number: number,
): { readonly instance: ServiceInstance; readonly port: ServicePort } | undefined {
  const all = scope.instances.flatMap((instance) =>
    instance.service.ports.map((port) => ({ instance, port })),
  );
  return (
    all.find(({ instance, port }) => endpointPort(instance.endpoint, port) === number) ??
    all.find(({ port }) => port.number === number)
  );
}

function bindOf({ proxy }: Scope, listener: IstioIngressListener): Bind {
  if (listener.bind.startsWith('unix://'))
    return { kind: 'pipe', path: listener.bind.slice('unix://'.length) };
  const address = listener.bind || (proxy.addresses[0] ?? LOOPBACK);
  return { kind: 'address', address, port: listener.port?.number ?? 0 };
}

/**
 * `127.0.0.1:<port>`, of which the address may be left out, or `unix:///path`; `0.0.0.0` and `[::]` stand for the
 * address of the workload. Undefined for anything else.
 */
function parseEndpoint(written: string, { proxy }: Scope): EndpointPlan['address'] | undefined {
  if (written.startsWith('unix://')) return { kind: 'pipe', path: written.slice('unix://'.length) };
  const colon = written.lastIndexOf(':');
  const host = written.slice(0, colon).replace(/^\[(.*)\]$/, '$1') || LOOPBACK;
  const address = host === '0.0.0.0' || host === '::' ? (proxy.addresses[0] ?? LOOPBACK) : host;
  const port = Number(written.slice(colon + 1));
  const valid = isIp(address) && Number.isInteger(port) && port > 0 && port < 65536;
  return valid ? { kind: 'ip', address, port } : undefined;
}
