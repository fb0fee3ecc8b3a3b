import type { Protocol } from './protocol.ts';

const WRITTEN: ReadonlyMap<string, Protocol> = new Map([
  ['http', 'http'],
  ['http2', 'http2'],
  ['https', 'https'],
  ['grpc', 'grpc'],
  ['grpc-web', 'grpc-web'],
  ['tls', 'tls'],
  ['tcp', 'tcp'],
  ['udp', 'udp'],
  ['mongo', 'mongo'],
  ['mysql', 'mysql'],
  ['redis', 'redis'],
]);

/** Ports of protocols in which the server speaks first: looking at the client's bytes would wait for ever. */
const SERVER_FIRST_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** The protocol a port of a Gateway, Sidecar or ServiceEntry names (`HTTP`, `gRPC-Web` …); `unknown` if it names none. */
export function parseProtocol(written: string): Protocol {
  return WRITTEN.get(written.toLowerCase()) ?? 'unknown';
}

/**
 * The protocol of a Kubernetes Service port by its name: `<protocol>` or `<protocol>-<anything>`, UDP by its
 * transport. Ports of protocols in which the server speaks first are `tcp` when their name tells nothing.
 */
export function protocolOfPortName(name: string, port: number, transport = 'TCP'): Protocol {
  if (transport.toUpperCase() === 'UDP') return 'udp';
  const lower = name.toLowerCase();
  if (lower === 'grpc-web' || lower.startsWith('grpc-web-')) return 'grpc-web';
  const protocol = parseProtocol(lower.split('-', 1)[0] ?? '');
  if (protocol !== 'unknown') return protocol;
  return SERVER_FIRST_PORTS.has(port) ? 'tcp' : 'unknown';
}

/** Names that Kubernetes defines for `appProtocol`, beside those of IANA. */
const KUBERNETES_PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['kubernetes.io/h2c', 'http2'],
  ['kubernetes.io/ws', 'http'],
  ['kubernetes.io/wss', 'https'],
]);

/**
 * The protocol of a port of a Kubernetes Service: UDP by its transport, else what `appProtocol` says when that is a
 * protocol we know, else by its name as in {@link protocolOfPortName}.
 */
export function protocolOfServicePort(port: {
  readonly name: string;
  readonly port: number;
  readonly transport: string;
  readonly appProtocol: string;
}): Protocol {
  const said = KUBERNETES_PROTOCOLS.get(port.appProtocol) ?? parseProtocol(port.appProtocol);
  if (said === 'unknown' || port.transport.toUpperCase() === 'UDP')
    return protocolOfPortName(port.name, port.port, port.transport);
  return said;
}

/** True for the protocols that Envoy handles as HTTP requests: http, http2, grpc, grpc-web. */
export function isHttpProtocol(protocol: Protocol): boolean {
  return protocol === 'http' || protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web';
}

/** True for the HTTP protocols that are carried by HTTP/2: http2, grpc, grpc-web. */
export function isHttp2Protocol(protocol: Protocol): boolean {
  return protocol === 'http2' || protocol === 'grpc' || protocol === 'grpc-web';
}

/** True for protocols whose bytes are TLS that the client itself speaks: https, tls. */
export function isTlsProtocol(protocol: Protocol): boolean {
  return protocol === 'https' || protocol === 'tls';
}

/** True for protocols handled as plain bytes: tcp, mongo, mysql, redis. */
export function isTcpProtocol(protocol: Protocol): boolean {
  return protocol === 'tcp' || protocol === 'mongo' || protocol === 'mysql' || protocol === 'redis';
}
