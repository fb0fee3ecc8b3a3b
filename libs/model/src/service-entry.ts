import type {
  ServiceEntry,
  ServiceEntry_Endpoint,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import {
  ServiceEntry_Location,
  ServiceEntry_Resolution,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { ENDPOINT_LABELS, workloadUid } from './attributes.ts';
import type { ConfigObject } from './config-object.ts';
import { parseServiceHost } from './hosts.ts';
import { parseSpiffeId, spiffeId } from './identity.ts';
import type { Labels } from './labels.ts';
import { parseProtocol } from './port-protocol.ts';
import type { Endpoint, Service } from './service.ts';

/** What the entry itself does not say. */
export type ServiceOptions = {
  /** Trust domain of service accounts that endpoints name. */
  readonly trustDomain: string;
  /** Visibility of entries without `exportTo`: `defaultServiceExportTo` of the mesh configuration. */
  readonly defaultExportTo: readonly string[];
};

const RESOLUTIONS: ReadonlyMap<ServiceEntry_Resolution, Service['resolution']> = new Map([
  [ServiceEntry_Resolution.NONE, 'none'],
  [ServiceEntry_Resolution.STATIC, 'static'],
  [ServiceEntry_Resolution.DNS, 'dns'],
  [ServiceEntry_Resolution.DNS_ROUND_ROBIN, 'dns'],
]);

/**
 * The services of a service entry, one for each host. With resolution DNS and no endpoints the host itself is the
 * endpoint. Labels of {@link ENDPOINT_LABELS} become the workload and service account of the endpoint and are no
 * labels of it; without them the account is the endpoint's own field, else the entry's subjectAltName when that is a
 * single SPIFFE id.
 */
export function serviceEntryToServices(
  object: ConfigObject<ServiceEntry>,
  options: ServiceOptions,
): readonly Service[] {
  const { spec } = object;
  const resolution = RESOLUTIONS.get(spec.resolution) ?? 'none';
  const external = spec.location === ServiceEntry_Location.MESH_EXTERNAL;
  const ports = spec.ports.map((port) => {
    return { number: port.number, name: port.name, protocol: parseProtocol(port.protocol) };
  });
  const endpoints = spec.endpoints.map((endpoint) => toEndpoint(endpoint, object, options));
  return [...new Set(spec.hosts.map((host) => host.toLowerCase()))].map((host) => ({
    host,
    namespace: object.namespace,
    name: parseServiceHost(host)?.name ?? host,
    addresses: spec.addresses.map((address) =>
      address.replace(/\/(32|128)$/, (all) => stripHostLength(address, all)),
    ),
    ports,
    resolution,
    external,
    exportTo: spec.exportTo.length > 0 ? spec.exportTo : options.defaultExportTo,
    subjectAltNames: spec.subjectAltNames,
    endpoints: resolution === 'dns' && endpoints.length === 0 ? [hostAsEndpoint(host, spec)] : endpoints,
    createTime: object.createTime,
    source: `${object.collection}/${object.namespace}/${object.name}`,
  }));
}

/** A range of one address is that address: `/32` of IPv4, `/128` of IPv6. */
function stripHostLength(address: string, length: string): string {
  return address.includes(':') === (length === '/128') ? '' : length;
}

function toEndpoint(
  endpoint: ServiceEntry_Endpoint,
  object: ConfigObject<ServiceEntry>,
  options: ServiceOptions,
): Endpoint {
  const labels = new Map(Object.entries(endpoint.labels));
  const take = (label: string): string => {
    const value = labels.get(label) ?? '';
    labels.delete(label);
    return value;
  };
  const name = take(ENDPOINT_LABELS.workloadName);
  const instance = take(ENDPOINT_LABELS.instanceName) || name;
  const namespace = take(ENDPOINT_LABELS.workloadNamespace) || object.namespace;
  const account = take(ENDPOINT_LABELS.serviceAccount) || endpoint.serviceAccount;
  return {
    address: endpoint.address,
    ports: { ...targetPorts(object.spec), ...endpoint.ports },
    labels: Object.fromEntries(labels) satisfies Labels,
    network: endpoint.network,
    locality: endpoint.locality,
    weight: endpoint.weight,
    serviceAccount: identityOf(account, namespace, object, options),
    workload: instance === '' ? NO_WORKLOAD : { name, namespace, uid: workloadUid(instance, namespace) },
  };
}

function identityOf(
  account: string,
  namespace: string,
  object: ConfigObject<ServiceEntry>,
  { trustDomain }: ServiceOptions,
): string {
  if (account === '') return singleIdentity(object.spec.subjectAltNames);
  if (account.startsWith('spiffe://')) return account;
  return spiffeId({ trustDomain, namespace, serviceAccount: account });
}

const NO_WORKLOAD = { name: '', namespace: '', uid: '' } as const;

function singleIdentity(subjectAltNames: readonly string[]): string {
  const [only, ...others] = subjectAltNames;
  return only !== undefined && others.length === 0 && parseSpiffeId(only) !== undefined ? only : '';
}

/** Ports of instances where the entry says that they differ from those of the service. */
function targetPorts(spec: ServiceEntry): Record<string, number> {
  const differing = spec.ports.filter((port) => port.targetPort !== 0);
  return Object.fromEntries(differing.map((port) => [port.name, port.targetPort]));
}

function hostAsEndpoint(host: string, spec: ServiceEntry): Endpoint {
  return {
    address: host,
    ports: targetPorts(spec),
    labels: {},
    network: '',
    locality: '',
    weight: 0,
    serviceAccount: '',
    workload: NO_WORKLOAD,
  };
}
