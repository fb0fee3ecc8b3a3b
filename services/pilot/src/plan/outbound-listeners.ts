import { type Issue, isCidr, isHttpProtocol, isIp, type Protocol, type ServicePort } from '@quintet/model';
import type { EgressView, Scope } from '../scope/types.ts';
import type { MeshService } from '../snapshot/services.ts';
import { httpBody } from './bodies.ts';
import { loopGuard, otherConnections } from './capture.ts';
import { portConflict } from './conflicts.ts';
import { type HttpPorts, indexHttpPorts } from './http-ports.ts';
import { addChain, bindName, finishDraft, type ListenerDraft } from './listener-draft.ts';
import { type Asking, sourceAttributes } from './mixer.ts';
import { HTTP_PROXY_ROUTES } from './names.ts';
import { routeTable } from './route-table.ts';
import type { RouteTablePlan } from './route-types.ts';
import type { SharedPlans } from './shared-plans.ts';
import { serviceChains } from './tcp-chains.ts';
import type { Bind, ListenerPlan } from './types.ts';
import { sidecarVirtualHosts } from './virtual-hosts.ts';

/** The outbound side of a sidecar: listeners and the tables they ask for by name. */
export type Outbound = {
  readonly listeners: readonly ListenerPlan[];
  readonly routeTables: readonly RouteTablePlan[];
  readonly issues: readonly Issue[];
};

const ANY_ADDRESS = '0.0.0.0';
const LOOPBACK = '127.0.0.1';
const HTTPS_PORT = 443;
/** Port of the explicit proxy where traffic is not captured and the mesh names none. */
const HTTP_PROXY_PORT = 15002;
const SIDECARS: ReadonlySet<string> = new Set(['mesh']);

/** Listeners by address and port, and tables by name; the first who asks decides, later ones join where they can. */
type Draft = {
  readonly asking: Asking;
  readonly listeners: Map<string, ListenerDraft>;
  readonly tables: Map<string, RouteTablePlan>;
  readonly ports: Map<readonly MeshService[], HttpPorts>;
  readonly issues: Issue[];
  readonly shared: SharedPlans;
};

/** Makes the outbound listeners of a sidecar, egress listener by egress listener, service by service, oldest first. */
export function outboundListeners(asking: Asking, shared: SharedPlans): Outbound {
  const { scope } = asking;
  const draft: Draft = {
    asking,
    shared,
    listeners: new Map(),
    tables: new Map(),
    ports: new Map(),
    issues: [],
  };
  for (const view of scope.egress) {
    if (view.port) addNumbered(draft, view, view.port);
    else if (view.captured || hasLoopbackOfItsOwn(scope)) addForEveryPort(draft, view);
  }
  addHttpProxy(draft);
  const options = { detectionTimeoutMs: scope.mesh.detectionTimeoutMs };
  return {
    listeners: [...draft.listeners.values()].map((listener) =>
      finishDraft(listener, { ...options, ...(listener.bound ? {} : capturedChains(asking, listener.bind)) }),
    ),
    routeTables: [...draft.tables.values()],
    issues: draft.issues,
  };
}

/** A listener the Sidecar gives a number: it serves the services that have that port. */
function addNumbered(draft: Draft, view: EgressView, port: NonNullable<EgressView['port']>): void {
  const bind = bindOf(view, port.number);
  const table = bind.kind === 'pipe' ? bind.path : String(port.number);
  if (speaksHttp(port.protocol)) addHttp(draft, { bind, view, table, port: port.number });
  if (isHttpProtocol(port.protocol)) return;
  for (const service of view.services) {
    for (const own of service.ports.filter(({ number }) => number === port.number)) {
      addTcp(draft, { bind, view, service, port: { ...own, protocol: port.protocol } });
    }
  }
}

/** A listener for every port of every service that the view reaches. */
function addForEveryPort(draft: Draft, view: EgressView): void {
  for (const service of view.services) {
    for (const port of service.ports) {
      if (port.protocol === 'udp') continue;
      if (isHttpProtocol(port.protocol) && port.number === HTTPS_PORT) {
        draft.issues.push(portConflict(service, 'plaintext HTTP on port 443 is left to TLS services'));
        continue;
      }
      const addresses = isHttpProtocol(port.protocol) ? [''] : serviceBinds(service);
      for (const address of addresses) {
        const bind = bindOf({ ...view, bind: view.bind || address }, port.number);
        const table = String(port.number);
        if (speaksHttp(port.protocol)) addHttp(draft, { bind, view, table, port: port.number });
        if (!isHttpProtocol(port.protocol)) addTcp(draft, { bind, view, service, port });
      }
    }
  }
}

/** The explicit proxy, where the mesh has one or traffic is not captured: applications name it as `http_proxy`. */
function addHttpProxy(draft: Draft): void {
  const { proxy, mesh, egress } = draft.asking.scope;
  const port = mesh.ports.httpProxy || (proxy.interceptionMode === 'NONE' ? HTTP_PROXY_PORT : 0);
  const view = egress.find((candidate) => !candidate.port) ?? egress.at(-1);
  if (port === 0 || !view) return;
  const own = proxy.addresses[0] ?? LOOPBACK;
  const bind: Bind = { kind: 'address', address: own.startsWith('127.') ? own : LOOPBACK, port };
  addHttp(draft, { bind, view: { ...view, captured: false }, table: HTTP_PROXY_ROUTES, absoluteUrls: true });
}

type HttpRequest = {
  readonly bind: Bind;
  readonly view: EgressView;
  readonly table: string;
  /** Absent: every port. */
  readonly port?: number;
  readonly absoluteUrls?: boolean;
};

function addHttp(draft: Draft, { bind, view, table, port, absoluteUrls }: HttpRequest): void {
  const { asking } = draft;
  const attributes = sourceAttributes(asking.scope);
  const listener = listenerOf(draft, bind, !view.captured);
  if (listener.http) return;
  const ports = portsOf(draft, view);
  const served = port === undefined ? ports.all : (ports.byNumber.get(port) ?? []);
  for (const { service } of served) listener.sources.add(service.source);
  listener.http = httpBody({
    asking,
    name: bindName(bind),
    routeTable: table,
    attributes,
    absoluteUrls: absoluteUrls ?? false,
    grpcWeb: served.some((own) => own.port.protocol === 'grpc-web'),
  });
  if (!draft.tables.has(table)) draft.tables.set(table, tableOf(draft, { view, table, ports, port }));
}

/** A table is the same for all who see the same, unless what mixer hears of the proxy itself stands in it. */
function tableOf(
  { asking, shared }: Draft,
  request: Pick<HttpRequest, 'view' | 'table'> & {
    readonly ports: HttpPorts;
    readonly port: number | undefined;
  },
): RouteTablePlan {
  const { scope, check } = asking;
  const { view, table, ports, port } = request;
  const key = `${scope.sharedKeys.routes} ${check ? scope.key : ''} ${table}`;
  return shared.routeTables.get(key, () => {
    const virtualHosts = sidecarVirtualHosts({
      scope,
      asking,
      ports,
      virtualServices: view.virtualServices,
      ...(port !== undefined && { port }),
    });
    const attributes = sourceAttributes(scope);
    return routeTable({ name: table, asking, attributes, ignoresPort: false, virtualHosts });
  });
}

function portsOf(draft: Draft, { services }: EgressView): HttpPorts {
  const known = draft.ports.get(services);
  if (known) return known;
  const made = indexHttpPorts(services);
  draft.ports.set(services, made);
  return made;
}

function addTcp(
  draft: Draft,
  request: {
    readonly bind: Bind;
    readonly view: EgressView;
    readonly service: MeshService;
    readonly port: ServicePort;
  },
): void {
  const { asking } = draft;
  const { bind, view, service, port } = request;
  const { proxy } = asking.scope;
  const listener = listenerOf(draft, bind, !view.captured);
  // Mixing with HTTP needs a look at the client's bytes, which never come when the server speaks first.
  if (listener.http && serverSpeaksFirst(port.protocol)) {
    draft.issues.push(portConflict(service, `${port.protocol} cannot share ${bindName(bind)} with HTTP`));
    return;
  }
  const chains = serviceChains(service, port, {
    asking,
    place: { gateways: SIDECARS, port: port.number, labels: proxy.labels, namespace: proxy.configNamespace },
    attributes: sourceAttributes(asking.scope),
    virtualServices: view.virtualServices,
  });
  for (const chain of chains) {
    const inTheWay = addChain(listener, chain);
    if (!inTheWay) listener.sources.add(service.source);
    else if (inTheWay.name !== chain.name) {
      draft.issues.push(
        portConflict(service, `connections to ${bindName(bind)} go to ${inTheWay.name} already`),
      );
    }
  }
}

function listenerOf(draft: Draft, bind: Bind, bound: boolean): ListenerDraft {
  const name = bindName(bind);
  const known = draft.listeners.get(name);
  if (known) return known;
  const { sidecar } = draft.asking.scope;
  const made: ListenerDraft = { bind, bound, tcp: [], sources: new Set(sidecar ? [sidecar.source] : []) };
  draft.listeners.set(name, made);
  return made;
}

function bindOf(view: Pick<EgressView, 'bind' | 'captured'>, port: number): Bind {
  if (view.bind.startsWith('unix://')) return { kind: 'pipe', path: view.bind.slice('unix://'.length) };
  const address = view.bind || (view.captured ? ANY_ADDRESS : LOOPBACK);
  return { kind: 'address', address, port };
}

/** A service with addresses has listeners of its own; ranges are told apart on the listener for all addresses. */
function serviceBinds(service: MeshService): readonly string[] {
  const own = service.addresses.filter((address) => isIp(address) && address !== ANY_ADDRESS);
  const shared = own.length === 0 || service.addresses.some(isCidr);
  return shared ? [...own, ''] : own;
}

/** On 127.0.0.1 several proxies of one machine would want the same ports; those with another loopback address share it. */
function hasLoopbackOfItsOwn({ proxy }: Scope): boolean {
  return !(proxy.addresses[0] ?? '').startsWith('127.');
}

function speaksHttp(protocol: Protocol): boolean {
  return isHttpProtocol(protocol) || protocol === 'unknown';
}

function serverSpeaksFirst(protocol: Protocol): boolean {
  return protocol === 'mysql' || protocol === 'mongo';
}

function capturedChains(asking: Asking, bind: Bind) {
  const anyAddress = bind.kind === 'address' && bind.address === ANY_ADDRESS;
  return { ...(anyAddress && { guard: loopGuard(asking) }), otherwise: otherConnections(asking) };
}
