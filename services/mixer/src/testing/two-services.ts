import { create } from '@bufbuild/protobuf';
import { AddressSchema } from '@quintet/proto/envoy/config/core/v3/address_pb.js';

/** A workload of the mesh that the tests of mixer's edges play in. */
export type TestWorkload = {
  readonly spiffeId: string;
  readonly ip: string;
  /** What its proxy calls itself. */
  readonly nodeId: string;
};

/** A mesh of two services: productpage calls reviews. */
export const REVIEWS = workload({ service: 'reviews', version: 'v3', ip: '127.20.1.3' });
export const PRODUCTPAGE = workload({ service: 'productpage', version: 'v1', ip: '127.20.1.2' });

/** Their configuration. */
export const SERVICES = [REVIEWS, PRODUCTPAGE].map(({ yaml }) => yaml).join('---');

/** The name under which the service of REVIEWS is called. */
export const REVIEWS_HOST = 'reviews.default.svc.cluster.local';

type WorkloadOptions = { readonly service: string; readonly version: string; readonly ip: string };

function workload({ service, version, ip }: WorkloadOptions): TestWorkload & { readonly yaml: string } {
  const name = `${service}-${version}`;
  return {
    spiffeId: `spiffe://cluster.local/ns/default/sa/bookinfo-${service}`,
    ip,
    nodeId: `sidecar~${ip}~${name}.default~default.svc.cluster.local`,
    yaml: `
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: { name: ${service}, namespace: default }
spec:
  hosts: [${service}.default.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ name: http, number: 9080, protocol: HTTP }]
  endpoints:
  - address: ${ip}
    labels: { app: ${service}, version: ${version}, quintet.io/workload-name: ${name}, quintet.io/service-account: bookinfo-${service} }
`,
  };
}

/** An address as Envoy tells it. */
export function socketAddress(ip: string, port = 40_000) {
  return create(AddressSchema, {
    address: {
      case: 'socketAddress',
      value: { address: ip, portSpecifier: { case: 'portValue', value: port } },
    },
  });
}

/** What the inbound Envoy of REVIEWS asks about a request of PRODUCTPAGE; `extensions` come on top. */
export function inboundQuestion(extensions: Readonly<Record<string, string>> = {}) {
  return {
    attributes: {
      source: { address: socketAddress(PRODUCTPAGE.ip), principal: PRODUCTPAGE.spiffeId },
      destination: { address: socketAddress(REVIEWS.ip, 9080), principal: REVIEWS.spiffeId },
      request: {
        http: {
          method: 'GET',
          path: '/reviews/1?x=y',
          host: 'reviews:9080',
          scheme: 'http',
          headers: {},
          size: 0n,
        },
      },
      contextExtensions: {
        'context.reporter.kind': 'inbound',
        'destination.uid': 'kubernetes://reviews-v3.default',
        'destination.namespace': 'default',
        'destination.service.host': REVIEWS_HOST,
        'destination.service.name': 'reviews',
        'destination.service.namespace': 'default',
        ...extensions,
      },
    },
  };
}
