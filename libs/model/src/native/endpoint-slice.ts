import type { JsonObject } from '@bufbuild/protobuf';
import { type EndpointPort, type EndpointTarget, readEndpointPort, readTarget } from './endpoints.ts';
import type { JsonReader } from './json-reader.ts';
import type { NativeMeta } from './meta.ts';

/** A part of the endpoints of a Service. */
export type NativeEndpointSlice = NativeMeta & {
  readonly kind: 'EndpointSlice';
  readonly spec: EndpointSliceSpec;
};

export type EndpointSliceSpec = {
  /** Name of the Service, in the slice's namespace; empty when the slice belongs to none. */
  readonly serviceName: string;
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly addressType: string;
  readonly endpoints: readonly SliceEndpoint[];
  readonly ports: readonly EndpointPort[];
};

export type SliceEndpoint = {
  readonly addresses: readonly string[];
  /** Takes traffic. True when the slice does not say. */
  readonly ready: boolean;
  /** Could take traffic, even while it is terminating. `ready` when the slice does not say. */
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Empty when not given. */
  readonly hostname: string;
  /** Empty when not given. */
  readonly nodeName: string;
  /** Empty when not given. */
  readonly zone: string;
  readonly target?: EndpointTarget;
};

/** Says of a slice which Service it belongs to. */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Reads an EndpointSlice; `meta` becomes part of it. */
export function readEndpointSlice(
  meta: NativeMeta,
  object: JsonObject,
  reader: JsonReader,
): NativeEndpointSlice {
  const spec = {
    serviceName: meta.labels[SERVICE_NAME_LABEL] ?? '',
    addressType: reader.text(object, 'addressType'),
    endpoints: reader.list(object, 'endpoints', (endpoint) => readEndpoint(endpoint, reader)),
    ports: reader.list(object, 'ports', (port) => readEndpointPort(port, reader)),
  };
  return { ...meta, kind: 'EndpointSlice', spec };
}

function readEndpoint(from: JsonObject, reader: JsonReader): SliceEndpoint {
  const conditions = reader.within(from, 'conditions', (each) => {
    return {
      ready: reader.flag(each, 'ready'),
      serving: reader.flag(each, 'serving'),
      terminating: reader.flag(each, 'terminating'),
    };
  });
  const ready = conditions?.ready ?? true;
  const target = readTarget(from, reader);
  return {
    addresses: reader.texts(from, 'addresses'),
    ready,
    serving: conditions?.serving ?? ready,
    terminating: conditions?.terminating ?? false,
    hostname: reader.text(from, 'hostname'),
    nodeName: reader.text(from, 'nodeName'),
    zone: reader.text(from, 'zone'),
    ...(target && { target }),
  };
}
