import type { JsonObject } from '@bufbuild/protobuf';
import type { Labels } from '../labels.ts';
import type { JsonReader } from './json-reader.ts';
import type { NativeMeta } from './meta.ts';

/** A Service of Kubernetes. */
export type NativeService = NativeMeta & { readonly kind: 'Service'; readonly spec: ServiceSpec };

export type ServiceSpec = {
  /** `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`. */
  readonly type: string;
  /** All addresses of the service, one for each IP family; empty for headless services and external names. */
  readonly clusterIPs: readonly string[];
  /** True when the Service asks for no address: `clusterIP: None`. */
  readonly headless: boolean;
  /** The name that an `ExternalName` service stands for; empty for others. */
  readonly externalName: string;
  readonly externalIPs: readonly string[];
  /** Addresses and names that a load balancer gave, from `status`. */
  readonly loadBalancerAddresses: readonly string[];
  readonly ports: readonly NativeServicePort[];
  /** Absent when the endpoints are made by hand. */
  readonly selector?: Labels;
  readonly publishNotReadyAddresses: boolean;
  /** `None` or `ClientIP`. */
  readonly sessionAffinity: string;
};

export type NativeServicePort = {
  /** Empty when the only port has none. */
  readonly name: string;
  readonly port: number;
  /** `TCP`, `UDP` or `SCTP`. */
  readonly transport: string;
  /** Empty when not given. */
  readonly appProtocol: string;
  /** A number, the name of a container port, or absent: the same as `port`. */
  readonly targetPort?: number | string;
  /** 0 when there is none. */
  readonly nodePort: number;
};

/** Reads a Service; `meta` becomes part of it. */
export function readService(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeService {
  const loadBalancerAddresses = reader.within(object, 'status', (status) =>
    reader.within(status, 'loadBalancer', (balancer) =>
      reader.list(balancer, 'ingress', (each) => reader.text(each, 'ip') || reader.text(each, 'hostname')),
    ),
  );
  const spec = reader.within(object, 'spec', (from) => readSpec(from, reader)) ?? readSpec({}, reader);
  const addresses = loadBalancerAddresses?.filter((address) => address !== '') ?? [];
  return { ...meta, kind: 'Service', spec: { ...spec, loadBalancerAddresses: addresses } };
}

function readSpec(from: JsonObject, reader: JsonReader): Omit<ServiceSpec, 'loadBalancerAddresses'> {
  const type = reader.text(from, 'type') || 'ClusterIP';
  const external = type === 'ExternalName';
  const clusterIP = reader.text(from, 'clusterIP');
  const clusterIPs = reader.texts(from, 'clusterIPs');
  const addresses = clusterIPs.length > 0 ? clusterIPs : [clusterIP];
  const selector = reader.labels(from, 'selector');
  return {
    type,
    clusterIPs: external ? [] : addresses.filter((address) => address !== '' && address !== 'None'),
    headless: !external && addresses.includes('None'),
    externalName: external ? reader.text(from, 'externalName') : '',
    externalIPs: reader.texts(from, 'externalIPs'),
    ports: reader.list(from, 'ports', (port) => readPort(port, reader)),
    ...(Object.keys(selector).length > 0 && { selector }),
    publishNotReadyAddresses: reader.flag(from, 'publishNotReadyAddresses') ?? false,
    sessionAffinity: reader.text(from, 'sessionAffinity') || 'None',
  };
}

function readPort(port: JsonObject, reader: JsonReader): NativeServicePort {
  const targetPort = reader.portOrName(port, 'targetPort');
  return {
    name: reader.text(port, 'name'),
    port: reader.integer(port, 'port', 65_535),
    transport: reader.text(port, 'protocol') || 'TCP',
    appProtocol: reader.text(port, 'appProtocol'),
    ...(targetPort !== undefined && targetPort !== 0 && { targetPort }),
    nodePort: reader.integer(port, 'nodePort', 65_535),
  };
}
