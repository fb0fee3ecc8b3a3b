import type { JsonObject } from '@bufbuild/protobuf';
import type { JsonReader } from './json-reader.ts';
import type { NativeMeta } from './meta.ts';

/** The endpoints of a Service in one object, as Kubernetes kept them before slices. */
export type NativeEndpoints = NativeMeta & {
  readonly kind: 'Endpoints';
  readonly spec: { readonly subsets: readonly EndpointSubset[] };
};

/** Every address of a subset has every port of it. */
export type EndpointSubset = {
  readonly addresses: readonly EndpointAddress[];
  readonly notReadyAddresses: readonly EndpointAddress[];
  readonly ports: readonly EndpointPort[];
};

export type EndpointAddress = {
  readonly ip: string;
  /** Empty when not given. */
  readonly hostname: string;
  /** Empty when not given. */
  readonly nodeName: string;
  readonly target?: EndpointTarget;
};

/** The object behind an address, nearly always a Pod. */
export type EndpointTarget = { readonly kind: string; readonly namespace: string; readonly name: string };

export type EndpointPort = {
  /** The name of the service's port; empty when it has none. */
  readonly name: string;
  readonly port: number;
  readonly transport: string;
  /** Empty when not given. */
  readonly appProtocol: string;
};

/** Reads Endpoints; `meta` becomes part of it. */
export function readEndpoints(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeEndpoints {
  const address = (from: JsonObject): EndpointAddress => readAddress(from, reader);
  const subsets = reader.list(object, 'subsets', (from) => {
    return {
      addresses: reader.list(from, 'addresses', address),
      notReadyAddresses: reader.list(from, 'notReadyAddresses', address),
      ports: reader.list(from, 'ports', (port) => readEndpointPort(port, reader)),
    };
  });
  return { ...meta, kind: 'Endpoints', spec: { subsets } };
}

function readAddress(from: JsonObject, reader: JsonReader): EndpointAddress {
  const target = readTarget(from, reader);
  return {
    ip: reader.text(from, 'ip'),
    hostname: reader.text(from, 'hostname'),
    nodeName: reader.text(from, 'nodeName'),
    ...(target && { target }),
  };
}

/** Reads a port of Endpoints or of a slice. */
export function readEndpointPort(port: JsonObject, reader: JsonReader): EndpointPort {
  return {
    name: reader.text(port, 'name'),
    port: reader.integer(port, 'port', 65_535),
    transport: reader.text(port, 'protocol') || 'TCP',
    appProtocol: reader.text(port, 'appProtocol'),
  };
}

/** Reads the `targetRef` of an address. */
export function readTarget(from: JsonObject, reader: JsonReader): EndpointTarget | undefined {
  return reader.within(from, 'targetRef', (target) => {
    return {
      kind: reader.text(target, 'kind'),
      namespace: reader.text(target, 'namespace'),
      name: reader.text(target, 'name'),
    };
  });
}
