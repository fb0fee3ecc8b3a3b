import {
  type Server,
  Server_TLSOptions_TLSmode,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { type Labels, labelsMatch } from '../../labels.ts';
import { isHttpProtocol, parseProtocol } from '../../port-protocol.ts';
import { type AnalysisFinding, type Analyzer, found } from '../analyzer.ts';
import type { GatewayView, ServerHost, ServerView } from '../world/gateways.ts';

/** Servers of gateways that want the same host and port of the same workload. */
export const gatewayServerConflictAnalyzer: Analyzer = {
  name: 'gateway.ConflictingServersAnalyzer',
  summary: 'Gateways that serve the same host and port of the same workload',
  codes: ['QTT4004'],
  analyze: ({ gateways }) => {
    const servers = gateways.flatMap((gateway) => gateway.servers.map((server) => ({ gateway, ...server })));
    const byPort = Map.groupBy(servers, ({ server }) => `${server.bind}:${server.port?.number}`);
    return [...byPort.values()].flatMap((all) =>
      all.flatMap((server, index) => {
        const conflicts = all.slice(0, index).flatMap((older) => conflictOf(older, server));
        return conflicts.slice(0, 1);
      }),
    );
  },
};

type PlacedServer = ServerView & { readonly gateway: GatewayView };

function conflictOf(older: PlacedServer, younger: PlacedServer): AnalysisFinding[] {
  if (!sameWorkload(older.gateway, younger.gateway)) return [];
  const what = clash(older, younger);
  if (what === undefined) return [];
  const refs = [...new Set([older.gateway.ref, younger.gateway.ref])].join(',');
  const at = { subject: younger.gateway.subject, path: younger.path };
  return [found('QTT4004', at, [refs, what.host, younger.server.port?.number ?? 0, what.why])];
}

type Clash = { readonly host: string; readonly why: string };

function clash(older: PlacedServer, younger: PlacedServer): Clash | undefined {
  const [first, second] = [carrierOf(older.server), carrierOf(younger.server)];
  if (first !== second)
    return {
      host: younger.hosts[0]?.host ?? '*',
      why: `the older one serves ${first} there, so the younger, which serves ${second}, is left out`,
    };
  const host = younger.hosts.find((own) => older.hosts.some((other) => sameHost(own, other, first)));
  if (host === undefined) return undefined;
  const why =
    first === 'HTTP'
      ? 'the virtual services of both answer'
      : 'the younger one is left out, because connections are told apart by host alone';
  return { host: host.host, why };
}

/** What tells connections to one port apart: the host of a request, the name in the TLS handshake, or nothing. */
function carrierOf({ port, tls }: Server): 'HTTP' | 'TLS' | 'TCP' {
  const protocol = parseProtocol(port?.protocol ?? '');
  if (isHttpProtocol(protocol)) return 'HTTP';
  if (tls === undefined || (tls.httpsRedirect && tls.mode === Server_TLSOptions_TLSmode.PASSTHROUGH))
    return 'TCP';
  return 'TLS';
}

/** Namespaces of hosts say which virtual services may use them; a TLS handshake knows nothing of them. */
function sameHost(a: ServerHost, b: ServerHost, carrier: 'HTTP' | 'TLS' | 'TCP'): boolean {
  if (carrier === 'TCP') return true;
  const meet = a.namespace === b.namespace || a.namespace === '*' || b.namespace === '*';
  return a.host === b.host && (carrier === 'TLS' || meet);
}

function sameWorkload(a: GatewayView, b: GatewayView): boolean {
  if (a === b || equalLabels(a.spec.selector, b.spec.selector)) return true;
  return a.workloads.some((workload) => b.workloads.includes(workload));
}

function equalLabels(a: Labels, b: Labels): boolean {
  return labelsMatch(a, b) && labelsMatch(b, a);
}
