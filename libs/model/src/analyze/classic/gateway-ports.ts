import { type Labels, labelsMatch } from '../../labels.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { GatewayView } from '../world/gateways.ts';
import type { KnownPort } from '../world/known-services.ts';
import type { Workload } from '../world/workloads.ts';
import type { WorldIndex } from '../world/world-index.ts';

/** Gateways whose workload is not there, or does not listen on a port of theirs. */
export const gatewayPortAnalyzer: Analyzer = {
  name: 'gateway.IngressGatewayPortAnalyzer',
  summary: 'Gateways whose ports no workload opens',
  codes: ['IST0101', 'IST0104'],
  analyze: (index) => index.gateways.flatMap((gateway) => gatewayFindings(gateway, index)),
};

/** The ingress gateway that every installation has, and its ports, for when its pods are not in the input. */
const SYSTEM_INGRESS = {
  labels: { app: 'istio-ingressgateway', istio: 'ingressgateway' },
  ports: [80, 443, 31400, 15443],
} as const;

function gatewayFindings(gateway: GatewayView, index: WorldIndex): AnalysisFinding[] {
  const { subject, spec, workloads, servers } = gateway;
  if (Object.keys(spec.selector).length === 0) return [];
  const selector = selectorText(spec.selector);
  const assumed =
    workloads.length === 0 && !index.world.complete && labelsMatch(spec.selector, SYSTEM_INGRESS.labels);
  if (workloads.length === 0 && !assumed)
    return [found('IST0101', { subject, path: 'spec.selector' }, ['selector', selector])];
  const open = new Set<number>(
    assumed ? SYSTEM_INGRESS.ports : workloads.flatMap((workload) => openPorts(workload, index)),
  );
  return servers.flatMap(({ server: { port }, path }) => {
    if (port === undefined || open.has(port.number)) return [];
    return [found('IST0104', { subject, path: `${path}.port` }, [selector, port.number])];
  });
}

/** Labels as `kubectl -l` takes them. */
export function selectorText(selector: Labels): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return pairs.toSorted().join(',');
}

/** Ports of a workload that a Service leads to or a container names. */
function openPorts(workload: Workload, { services }: WorldIndex): readonly number[] {
  const leading = services.all.filter(
    ({ namespace, selector }) =>
      namespace === workload.namespace && selector !== undefined && labelsMatch(selector, workload.labels),
  );
  return [
    ...leading.flatMap(({ ports }) => ports.flatMap((port) => targetOf(port, workload))),
    ...workload.ports.map(({ port }) => port),
  ];
}

function targetOf({ number, targetPort }: KnownPort, { ports }: Workload): readonly number[] {
  if (typeof targetPort !== 'string') return [targetPort ?? number];
  return ports.filter(({ name }) => name === targetPort).map(({ port }) => port);
}
