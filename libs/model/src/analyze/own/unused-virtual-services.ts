import { hostsOverlap, isWildcardHost, MESH_GATEWAY } from '../../hosts.ts';
import { type Analyzer, found } from '../analyzer.ts';
import type { GatewayView, ServerHost } from '../world/gateways.ts';
import type { VirtualServiceView } from '../world/virtual-services.ts';
import { visibleIn } from '../world/visibility.ts';
import { nativeOf, type WorldIndex } from '../world/world-index.ts';

/** Virtual services that no proxy takes up, although everything that they name is there. */
export const unusedVirtualServiceAnalyzer: Analyzer = {
  name: 'virtualservice.UnusedAnalyzer',
  summary: 'VirtualServices that no gateway and no workload takes',
  codes: ['QTT4007'],
  analyze: (index) => {
    const gateways = new Map(index.gateways.map((gateway) => [gateway.ref, withHosts(gateway)]));
    const delegates = delegatesOf(index);
    const running = namespacesWithWorkloads(index);
    return index.virtualServices.flatMap((service) => {
      const reasons =
        service.hosts.length === 0
          ? delegateReasons(service, delegates)
          : service.gateways.map((ref) =>
              ref === MESH_GATEWAY
                ? meshReason(service, index, running)
                : gatewayReason(service, gateways.get(ref)),
            );
      const given = reasons.flatMap((reason) => reason ?? []);
      if (given.length < reasons.length || given.length === 0) return [];
      return [found('QTT4007', { subject: service.subject, path: 'spec' }, [given.join('; ')])];
    });
  },
};

/** Why somebody does not take it; undefined: it is taken, or that cannot be told. */
type Reason = string | undefined;

/** What virtual services delegate to, as `<namespace>/<name>`. */
function delegatesOf({ virtualServices }: WorldIndex): ReadonlySet<string> {
  return new Set(
    virtualServices.flatMap(({ namespace, spec }) =>
      spec.http.flatMap(({ delegate }) =>
        delegate === undefined ? [] : [`${delegate.namespace || namespace}/${delegate.name}`],
      ),
    ),
  );
}

function namespacesWithWorkloads({ world }: WorldIndex): ReadonlySet<string> {
  const running = [...nativeOf(world, 'Pod'), ...nativeOf(world, 'Deployment')];
  return new Set(running.map(({ namespace }) => namespace));
}

function delegateReasons({ namespace, name }: VirtualServiceView, delegates: ReadonlySet<string>): Reason[] {
  return delegates.has(`${namespace}/${name}`) ? [] : ['it has no hosts, and no other delegates to it'];
}

type GatewayHosts = {
  readonly gateway: GatewayView;
  /** The hosts that may overlap with one: many virtual services share a gateway with many hosts. */
  readonly near: (host: string) => readonly ServerHost[];
};

function withHosts(gateway: GatewayView): GatewayHosts {
  const all = gateway.servers.flatMap(({ hosts }) => hosts);
  const byHost = Map.groupBy(all, ({ host }) => host);
  const wildcards = all.filter(({ host }) => isWildcardHost(host));
  const near = (host: string) => (isWildcardHost(host) ? all : [...(byHost.get(host) ?? []), ...wildcards]);
  return { gateway, near };
}

function serves({ near }: GatewayHosts, { hosts, namespace }: VirtualServiceView): boolean {
  return hosts.some((host) =>
    near(host).some(
      (other) => (other.namespace === '*' || other.namespace === namespace) && hostsOverlap(other.host, host),
    ),
  );
}

function gatewayReason(service: VirtualServiceView, hosts: GatewayHosts | undefined): Reason {
  if (hosts === undefined) return undefined;
  const { gateway } = hosts;
  if (!serves(hosts, service))
    return `the Gateway ${gateway.ref} serves none of its hosts to the namespace ${service.namespace}`;
  const { workloads } = gateway;
  if (workloads.length === 0 || workloads.some(({ namespace }) => visibleIn(service, namespace)))
    return undefined;
  return `its exportTo hides it from the workload of the Gateway ${gateway.ref}`;
}

/** Told only where there are workloads of the namespace in the input: files often hold configuration alone. */
function meshReason(
  service: VirtualServiceView,
  { world, workloads }: WorldIndex,
  running: ReadonlySet<string>,
): Reason {
  if (!world.complete && !running.has(service.namespace)) return undefined;
  const { http, tls, tcp } = service.spec;
  const taken = [...http, ...tls, ...tcp].some(
    ({ match }) =>
      match.length === 0 ||
      match.some(
        ({ gateways, sourceLabels, sourceNamespace }) =>
          (gateways.length > 0 && !gateways.includes(MESH_GATEWAY)) ||
          isUnrestricted(sourceLabels, sourceNamespace) ||
          workloads
            .select(sourceLabels, sourceNamespace || undefined)
            .some(({ namespace }) => visibleIn(service, namespace)),
      ),
  );
  return taken ? undefined : 'no workload that sees it has the sourceLabels of its matches';
}

function isUnrestricted(labels: Readonly<Record<string, string>>, namespace: string): boolean {
  return Object.keys(labels).length === 0 && namespace === '';
}
