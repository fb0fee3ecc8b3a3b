import type { JsonObject } from '@bufbuild/protobuf';
import {
  type ConfigObject,
  decodeNativeJson,
  isOfSchema,
  type NativeObject,
  nativeKindOf,
} from '@quintet/model';
import {
  type ServiceEntry,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';

/** An object of Kubernetes for tests, from `kind`, `namespace/name` and the rest of its JSON. */
export function native(
  kind: string,
  name: string,
  rest: JsonObject & { metadata?: JsonObject } = {},
): NativeObject {
  const groups = ['v1', 'discovery.k8s.io/v1', 'networking.k8s.io/v1', 'apps/v1'];
  const row = groups.map((group) => nativeKindOf(group, kind)).find((found) => found !== undefined);
  if (row === undefined) throw new TypeError(`${kind} is not read`);
  const [namespace, own] = name.includes('/') ? name.split('/') : ['', name];
  const metadata = { namespace: namespace ?? '', name: own ?? '', ...rest.metadata };
  const { object, findings } = decodeNativeJson(row, { ...rest, metadata });
  if (object === undefined) throw new TypeError(`${kind} ${name}: ${JSON.stringify(findings)}`);
  return object;
}

/** A Service with one port `http`, 80 to 8080. */
export function service(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): NativeObject {
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  return native('Service', name, { metadata, spec: { clusterIP: '10.1.0.1', ports, ...spec } });
}

/** A Pod at an address; its labels, if it is to have any, by `metadata`. */
export function pod(
  name: string,
  ip: string,
  metadata: JsonObject = {},
  spec: JsonObject = {},
): NativeObject {
  return native('Pod', name, {
    metadata,
    spec: { serviceAccountName: 'sa', nodeName: 'node-1', ...spec },
    status: { podIP: ip, podIPs: [{ ip }], phase: 'Running' },
  });
}

/** A slice of the service of its namespace that `service` names; endpoints by address, pod, and conditions. */
export function slice(
  name: string,
  service: string,
  endpoints: readonly { ip: string; pod?: string; ready?: boolean; node?: string }[],
  rest: JsonObject = {},
): NativeObject {
  return native('EndpointSlice', name, {
    metadata: { labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map((each) => {
      return {
        addresses: [each.ip],
        conditions: { ready: each.ready ?? true },
        ...(each.node !== undefined && { nodeName: each.node }),
        ...(each.pod !== undefined && { targetRef: { kind: 'Pod', name: each.pod } }),
      };
    }),
    ...rest,
  });
}

/** The spec of a service entry. */
export function entrySpec(object: ConfigObject | undefined): ServiceEntry {
  if (object === undefined || !isOfSchema(object, ServiceEntrySchema))
    throw new TypeError('no service entry');
  return object.spec;
}
