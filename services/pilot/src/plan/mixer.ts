import { stringMapOf, type Value } from '@quintet/expr';
import { CONTEXT_KEYS, REPORTER_KINDS, serviceUid, workloadUid } from '@quintet/model';
import type { Scope } from '../scope/types.ts';
import { canBeRefused } from '../snapshot/check-rules.ts';
import { contentKey } from '../snapshot/content-key.ts';
import { mixerServers, serverAddress } from '../snapshot/mixer-servers.ts';
import { quotaSpecsFor } from '../snapshot/quotas.ts';
import type { MeshService } from '../snapshot/services.ts';
import type { CanMatch } from './check-match.ts';
import type { MixerCheck, MixerReport, RouteContext } from './mixer-types.ts';
import { outboundCluster } from './names.ts';

/** On which side of a connection a listener stands. */
export type Direction = 'inbound' | 'outbound';

/** Who asks mixer: one proxy, on one side of its connections. */
export type Asking = {
  readonly scope: Scope;
  readonly direction: Direction;
  /** Absent when nobody is asked, whatever the rules say. */
  readonly check?: MixerCheck;
  readonly canMatch: CanMatch;
  /** What is known of the proxy's own side of every request. */
  readonly known: ReadonlyMap<string, Value>;
};

type Attributes = Readonly<Record<string, string>>;

/** Name of the node metadata by which a workload switches its checks. */
const CHECK_METADATA = 'policy.istio.io/check';
/** A mixer that has not answered by then counts as one that is not there. A request may be checked at several hops. */
const CHECK_TIMEOUT_MS = 1_000;

/** Who asks mixer on one side of a proxy's connections. Mixer's own proxy asks nobody. */
export function askingOf(scope: Scope, direction: Direction, canMatch: CanMatch): Asking {
  const server = scope.mesh.mixer.checkServer;
  const address = server === undefined ? undefined : serverAddress(server);
  const asks = address !== undefined && !servesMixer(scope) && checksEnabled(scope, direction);
  const known = ownSide(scope, direction);
  if (!asks) return { scope, direction, canMatch, known };
  const written = scope.proxy.metadata[CHECK_METADATA];
  return {
    scope,
    direction,
    canMatch,
    known,
    check: {
      cluster: outboundCluster(address.host, address.port),
      authority: `${address.host}:${address.port}`,
      failOpen: scope.mesh.mixer.failOpen || written === 'allow-on-error',
      timeoutMs: CHECK_TIMEOUT_MS,
    },
  };
}

/** How the connections or requests of a listener are reported; undefined when they are not. */
export function reportOf(
  scope: Scope,
  protocol: 'http' | 'tcp',
  attributes: Attributes,
): MixerReport | undefined {
  const { reportServer, httpReportsDisabled } = scope.mesh.mixer;
  const address = reportServer === undefined ? undefined : serverAddress(reportServer);
  if (!address || servesMixer(scope) || (protocol === 'http' && httpReportsDisabled)) return undefined;
  return {
    cluster: outboundCluster(address.host, address.port),
    authority: `${address.host}:${address.port}`,
    attributes,
  };
}

/** What a route tells mixer of the service it leads to, and whether one of mixer's rules can refuse its requests. */
export function routeContext(asking: Asking, service: MeshService | undefined): RouteContext {
  const inbound = asking.direction === 'inbound';
  const quotas = inbound && service ? quotaSpecsFor(asking.scope.quotas, service.host) : [];
  const attributes = {
    ...(service && serviceAttributes(service)),
    ...(quotas.length > 0 && { [CONTEXT_KEYS.quotaSpecs]: quotas.join(',') }),
  };
  return { attributes, check: checkOf(asking, service, quotas.length > 0) };
}

/** The context of a route to a place that is no service of the mesh, e.g. `PassthroughCluster`. */
export function placeContext(asking: Asking, name: string): RouteContext {
  const attributes = { [CONTEXT_KEYS.destinationServiceName]: name };
  return { attributes, check: checkOf(asking, undefined, false) };
}

/** The attributes by which mixer knows a service. */
export function serviceAttributes(service: MeshService): Attributes {
  return {
    [CONTEXT_KEYS.destinationServiceHost]: service.host,
    [CONTEXT_KEYS.destinationServiceName]: service.name,
    [CONTEXT_KEYS.destinationServiceNamespace]: service.namespace,
    [CONTEXT_KEYS.destinationServiceUid]: serviceUid(service.name, service.namespace),
  };
}

/** The attributes of the proxy's own side, for outbound listeners. */
export function sourceAttributes(scope: Scope): Attributes {
  const { proxy } = scope;
  return {
    ...reporter(scope, 'outbound'),
    [CONTEXT_KEYS.sourceUid]: workloadUid(proxy.name, proxy.namespace),
    [CONTEXT_KEYS.sourceNamespace]: proxy.namespace,
    [CONTEXT_KEYS.sourceWorkloadName]: proxy.workloadName,
    [CONTEXT_KEYS.sourceWorkloadNamespace]: proxy.namespace,
  };
}

/** The attributes of the proxy's own side, for an inbound listener on `port`. */
export function destinationAttributes(scope: Scope, port: number): Attributes {
  const { proxy } = scope;
  return {
    ...reporter(scope, 'inbound'),
    [CONTEXT_KEYS.destinationUid]: workloadUid(proxy.name, proxy.namespace),
    [CONTEXT_KEYS.destinationNamespace]: proxy.namespace,
    [CONTEXT_KEYS.destinationIp]: proxy.addresses[0] ?? '',
    [CONTEXT_KEYS.destinationPort]: String(port),
    [CONTEXT_KEYS.destinationWorkloadName]: proxy.workloadName,
    [CONTEXT_KEYS.destinationWorkloadNamespace]: proxy.namespace,
  };
}

/** True when the workload behind the proxy is the mixer itself. */
function servesMixer(scope: Scope): boolean {
  const hosts = new Set(mixerServers(scope.mesh).map(({ host }) => host));
  return scope.instances.some(({ service }) => hosts.has(service.host));
}

function checksEnabled(scope: Scope, direction: Direction): boolean {
  const written = scope.proxy.metadata[CHECK_METADATA];
  if (written === 'disable') return false;
  if (written === 'enable' || written === 'allow-on-error') return true;
  const { checksDisabled, clientSideChecks } = scope.mesh.mixer;
  if (checksDisabled) return false;
  return direction === 'inbound' || scope.proxy.type === 'router' || clientSideChecks;
}

function checkOf(asking: Asking, service: MeshService | undefined, hasQuota: boolean): RouteContext['check'] {
  const { scope, canMatch } = asking;
  if (!asking.check) return 'absent';
  const known = new Map([...asking.known, ...Object.entries(service ? serviceAttributes(service) : {})]);
  const refused = canBeRefused(scope.checkRules, {
    namespace: scope.proxy.namespace,
    policyNamespace: scope.mesh.rootNamespace,
    hasQuota,
    canMatch: (match) => canMatch(match, known),
  });
  return refused ? 'asked' : 'skipped';
}

/** What mixer will find about the proxy's own side: its attributes, and the labels of its instance. */
function ownSide(scope: Scope, direction: Direction): ReadonlyMap<string, Value> {
  const inbound = direction === 'inbound';
  const attributes = inbound ? destinationAttributes(scope, 0) : sourceAttributes(scope);
  const labels = agreedLabels(scope);
  return new Map<string, Value>([
    ...Object.entries(attributes),
    ...(labels ? [[inbound ? 'destination.labels' : 'source.labels', stringMapOf(labels)] as const] : []),
  ]);
}

/** The labels of the workload's instance, unless its services disagree about them. */
function agreedLabels(scope: Scope): Attributes | undefined {
  const [first, ...others] = scope.instances.map(({ endpoint }) => endpoint.labels);
  return first && others.every((labels) => contentKey(labels) === contentKey(first)) ? first : undefined;
}

function reporter({ proxy }: Scope, direction: Direction): Attributes {
  return {
    [CONTEXT_KEYS.reporterKind]: reporterKind(direction),
    [CONTEXT_KEYS.reporterUid]: workloadUid(proxy.name, proxy.namespace),
    ...(proxy.version !== '' && { [CONTEXT_KEYS.proxyVersion]: proxy.version }),
  };
}

function reporterKind(direction: Direction): string {
  return direction === 'inbound' ? REPORTER_KINDS.destination : REPORTER_KINDS.source;
}
