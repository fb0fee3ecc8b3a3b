import { create } from '@bufbuild/protobuf';
import { type ConfigObject, GATEWAY, makeConfigObject, type NativeIngress } from '@quintet/model';
import {
  GatewaySchema,
  Server_TLSOptions_TLSmode,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import type { Remembered } from '../remembered.ts';
import { GATEWAY_NAMESPACE, gatewayName } from './ingress-names.ts';

/** Where the classic charts mount the one certificate of all Ingresses. */
const CERTIFICATES = '/etc/istio/ingress-certs';
const TLS = {
  mode: Server_TLSOptions_TLSmode.SIMPLE,
  serverCertificate: `${CERTIFICATES}/tls.crt`,
  privateKey: `${CERTIFICATES}/tls.key`,
  caCertificates: `${CERTIFICATES}/root-cert.pem`,
};
const ANY_HOST = '*';

/**
 * The gateways of Ingresses, oldest first: HTTP for every host, and HTTPS if the Ingress has a `tls`. Ingresses of one
 * name in several namespaces share a gateway, for its name does not tell them apart. `selector` is the value of the
 * label `istio` of the gateway's pods.
 */
export function ingressGateways(
  ingresses: readonly NativeIngress[],
  selector: string,
  remembered: Remembered<ConfigObject>,
): ConfigObject[] {
  return [...Map.groupBy(ingresses, gatewayName)].map(([name, sharing]) =>
    remembered.get(`Gateway ${name}`, [selector, ...sharing], () => makeGateway(name, sharing, selector)),
  );
}

function makeGateway(name: string, sharing: readonly NativeIngress[], selector: string): ConfigObject {
  const [{ createTime, origin } = { createTime: 0, origin: undefined }] = sharing;
  const secured = sharing.filter(({ spec }) => spec.tls.length > 0);
  return makeConfigObject({
    kind: GATEWAY,
    namespace: GATEWAY_NAMESPACE,
    name,
    createTime,
    spec: create(GatewaySchema, {
      selector: { istio: selector },
      servers: [httpServer(sharing), ...httpsServers(secured)],
    }),
    ...(origin && { origin }),
  });
}

function httpServer([ingress]: readonly NativeIngress[]) {
  const name = `http-80-ingress-${ingress?.name ?? ''}-${ingress?.namespace ?? ''}`;
  return { port: { number: 80, protocol: 'HTTP', name }, hosts: [ANY_HOST] };
}

/** One server for each host: two of the same host on one port would be a conflict. */
function httpsServers(ingresses: readonly NativeIngress[]) {
  const taken = new Set<string>();
  return ingresses.flatMap((ingress) => {
    const hosts = tlsHosts(ingress).filter((host) => !taken.has(host));
    for (const host of hosts) taken.add(host);
    const name = `https-443-ingress-${ingress.name}-${ingress.namespace}`;
    return hosts.length === 0 ? [] : [{ port: { number: 443, protocol: 'HTTPS', name }, hosts, tls: TLS }];
  });
}

/** Hosts that `tls` names; an entry without hosts stands for those of the rules: each Ingress answers for its own. */
function tlsHosts({ spec }: NativeIngress): readonly string[] {
  const ruled = spec.rules.map(({ host }) => host || ANY_HOST);
  const hosts = spec.tls.flatMap((tls) => (tls.hosts.length > 0 ? tls.hosts : ruled));
  return hosts.length === 0 || hosts.includes(ANY_HOST) ? [ANY_HOST] : [...new Set(hosts)];
}
