import {
  ISSUE_CODES,
  type Issue,
  type NativeService,
  type NativeServicePort,
  type Protocol,
  protocolOfServicePort,
  spiffeId,
} from '@quintet/model';

/** Annotations of a Service: who else may see it, and accounts of instances that Kubernetes does not know. */
const EXPORT_TO = 'networking.istio.io/exportTo';
const KUBERNETES_ACCOUNTS = 'alpha.istio.io/kubernetes-serviceaccounts';
const CANONICAL_ACCOUNTS = 'alpha.istio.io/canonical-serviceaccounts';

/** How a protocol is written in a service entry. `UnsupportedProtocol` is the classic word for finding out. */
const WRITTEN: Readonly<Record<Protocol, string>> = {
  http: 'HTTP',
  http2: 'HTTP2',
  https: 'HTTPS',
  grpc: 'GRPC',
  'grpc-web': 'GRPC-Web',
  tls: 'TLS',
  tcp: 'TCP',
  udp: 'UDP',
  mongo: 'Mongo',
  mysql: 'MySQL',
  redis: 'Redis',
  unknown: 'UnsupportedProtocol',
};

/** The classic stand-in for an address of services that have none. */
export const NO_ADDRESS = '0.0.0.0';

export type EntryPort = { readonly number: number; readonly name: string; readonly protocol: string };

/** The ports of a service that a proxy can serve: those over TCP, and those over UDP for whoever knows what to do. */
export function entryPorts({ spec }: NativeService): readonly EntryPort[] {
  return spec.ports.filter(hasProxy).map((port) => {
    return { number: port.port, name: port.name, protocol: WRITTEN[protocolOfServicePort(port)] };
  });
}

function hasProxy({ transport }: NativeServicePort): boolean {
  return transport.toUpperCase() !== 'SCTP';
}

/** Ports of a service that are left out of its entry. */
export function portIssues({ namespace, name, spec, origin }: NativeService): readonly Issue[] {
  return spec.ports.flatMap((port, index): Issue[] => {
    if (hasProxy(port)) return [];
    return [
      {
        code: 'QTT2001',
        severity: ISSUE_CODES.QTT2001.severity,
        resource: { kind: 'Service', namespace, name },
        path: `spec.ports[${index}].protocol`,
        message: `no proxy carries ${port.transport}: port ${port.port} is not part of the mesh`,
        ...(origin && { origin }),
      },
    ];
  });
}

/** The addresses of a service; one that stands for none when it has none. */
export function entryAddresses({ spec }: NativeService): readonly string[] {
  return spec.clusterIPs.length > 0 ? spec.clusterIPs : [NO_ADDRESS];
}

/** Whom a service is visible to by its annotation; empty when it has none. */
export function exportToOf({ annotations }: NativeService): readonly string[] {
  return listIn(annotations[EXPORT_TO]);
}

/** Identities that annotations of the service name, as SPIFFE ids where they are accounts of its namespace. */
export function annotatedIdentities(
  { annotations, namespace }: NativeService,
  trustDomain: string,
): readonly string[] {
  const accounts = listIn(annotations[KUBERNETES_ACCOUNTS]).map((serviceAccount) =>
    spiffeId({ trustDomain, namespace, serviceAccount }),
  );
  return [...accounts, ...listIn(annotations[CANONICAL_ACCOUNTS])];
}

function listIn(text = ''): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
