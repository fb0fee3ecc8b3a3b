import { isHttpProtocol } from '@quintet/model';
import { accessPlans } from './access.ts';
import { httpBody, tcpBody } from './bodies.ts';
import { ANY_CONNECTION } from './chains.ts';
import { MESH_ALPN } from './client-tls.ts';
import { NO_HEADERS } from './header-operations.ts';
import type { InboundTarget } from './inbound-targets.ts';
import { type Asking, destinationAttributes, routeContext } from './mixer.ts';
import { ANY_REQUEST } from './route-match.ts';
import { routeTable } from './route-table.ts';
import type { RouteTablePlan } from './route-types.ts';
import type { ChainMatch, ChainPlan, HttpBody, ServerTls, TcpBody } from './types.ts';

/** The workload's certificate for callers of the mesh, who have to show theirs. */
export const MESH_SERVER_TLS: ServerTls = {
  certificate: { kind: 'workload' },
  clientCertificate: 'required',
  trust: { kind: 'mesh' },
  subjectAltNames: [],
  verifyCertificateSpki: [],
  verifyCertificateHash: [],
  applicationProtocols: ['h2', 'http/1.1'],
  cipherSuites: [],
};

/**
 * The chains of one inbound port. Strict: mutual TLS or nothing. Permissive: mutual TLS for those who announce
 * themselves as of the mesh by ALPN, plaintext for others; an application's own TLS is passed on as it is. Envoy never
 * backs out of a chain match level by level, hence three chains where plaintext is HTTP.
 */
export function inboundChains(asking: Asking, target: InboundTarget): readonly ChainPlan[] {
  const http = isHttpProtocol(target.port.protocol);
  const base: ChainMatch = target.bind
    ? ANY_CONNECTION
    : { ...ANY_CONNECTION, destinationPort: target.listenPort };
  const main = chainMaker(asking, target, http);
  const bytes = chainMaker(asking, target, false);
  const mesh = { ...base, applicationProtocols: [MESH_ALPN] };
  switch (target.authentication.mutualTls) {
    case 'strict':
      return [main('mtls', { ...base, transport: 'tls' }, MESH_SERVER_TLS)];
    case 'permissive':
      return http
        ? [
            main('mtls', { ...mesh, transport: 'tls' }, MESH_SERVER_TLS),
            bytes('foreign-tls', { ...base, transport: 'tls' }),
            main('plaintext', { ...base, transport: 'plaintext' }),
          ]
        : [main('mtls', mesh, MESH_SERVER_TLS), main('plaintext', base)];
    case 'disabled':
      return [main('plaintext', base)];
  }
}

type MakeChain = (suffix: string, match: ChainMatch, tls?: ServerTls) => ChainPlan;

function chainMaker(asking: Asking, target: InboundTarget, http: boolean): MakeChain {
  const body = http ? inboundHttp(asking, target) : inboundTcp(asking, target);
  const access = http ? [] : accessPlans(asking.scope, 'tcp', target.authentication);
  return (suffix, match, tls) => ({
    name: `${target.listenPort}-${suffix}`,
    match,
    ...(tls && { tls }),
    access,
    body,
  });
}

function inboundHttp(asking: Asking, target: InboundTarget): HttpBody {
  const attributes = destinationAttributes(asking.scope, target.listenPort);
  return httpBody({
    asking,
    name: `${asking.scope.proxy.addresses[0] ?? ''}_${target.listenPort}`,
    routeTable: target.cluster,
    attributes,
    accessControlled: true,
    grpcWeb: target.port.protocol === 'grpc-web',
  });
}

function inboundTcp(asking: Asking, target: InboundTarget): TcpBody {
  return tcpBody({
    asking,
    statPrefix: target.cluster,
    targets: [{ cluster: target.cluster, weight: 100 }],
    attributes: destinationAttributes(asking.scope, target.listenPort),
    service: target.service,
  });
}

/** The route tables of inbound ports that speak HTTP, each named as the cluster it leads to. */
export function inboundTables(asking: Asking, targets: readonly InboundTarget[]): readonly RouteTablePlan[] {
  return targets
    .filter(({ port }) => isHttpProtocol(port.protocol))
    .map((target) => inboundTable(asking, target));
}

/** Everything goes to the application; the caller has decided about retries and timeouts. */
function inboundTable(asking: Asking, target: InboundTarget): RouteTablePlan {
  const { cluster, host, port, listenPort, service, sources } = target;
  return routeTable({
    name: cluster,
    asking,
    attributes: destinationAttributes(asking.scope, listenPort),
    ignoresPort: false,
    access: accessPlans(asking.scope, 'http', target.authentication),
    virtualHosts: [
      {
        name: `inbound|http|${port.number}`,
        domains: ['*'],
        requiresTls: false,
        routes: [
          {
            name: 'default',
            match: ANY_REQUEST,
            action: {
              kind: 'forward',
              targets: [{ cluster, weight: 100, requestHeaders: NO_HEADERS, responseHeaders: NO_HEADERS }],
              timeoutMs: 0,
              rewrite: {},
              mirrors: [],
              hash: [],
            },
            requestHeaders: NO_HEADERS,
            responseHeaders: NO_HEADERS,
            operation: `${host}:${port.number}/*`,
            context: routeContext(asking, service),
            sources,
          },
        ],
        sources,
      },
    ],
  });
}
