import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type ConfigObject,
  makeConfigObject,
  type NativeService,
  SYNTHETIC_SERVICE_ENTRY,
} from '@quintet/model';
import {
  type ServiceEntry,
  ServiceEntry_Location,
  ServiceEntry_Resolution,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { contentHash } from '../content-hash.ts';
import { type EndpointRecord, mergeRecords } from './endpoint-record.ts';
import { annotatedIdentities, entryAddresses, entryPorts, exportToOf } from './service-facts.ts';
import type { SynthesisSettings } from './settings.ts';

/** Annotations by which a sink tells a change of endpoints from a change of the service. */
export const SERVICE_VERSION = 'networking.alpha.istio.io/serviceVersion';
export const ENDPOINTS_VERSION = 'networking.alpha.istio.io/endpointsVersion';
/** `address:port`, comma separated, of endpoints that are known and take no traffic. */
export const NOT_READY_ENDPOINTS = 'networking.alpha.istio.io/notReadyEndpoints';

/** What one source knows of a service. */
export type Contribution = {
  readonly service: NativeService;
  readonly records: readonly EndpointRecord[];
  readonly notReady: readonly string[];
};

/**
 * The service entry of a Service that one or several clusters have. The first says what the service is, all of them
 * who serves it. Versions are made from the content, so that what stays the same is not handed out again.
 */
export function makeEntry(
  contributions: readonly [Contribution, ...Contribution[]],
  settings: SynthesisSettings,
): ConfigObject<ServiceEntry> {
  const [{ service }] = contributions;
  const records = mergeRecords(contributions.flatMap((each) => each.records));
  const notReady = [...new Set(contributions.flatMap((each) => each.notReady))].sort();
  const identities = new Set([
    ...contributions.flatMap((each) => annotatedIdentities(each.service, settings.trustDomain)),
    ...records.map(({ identity }) => identity),
  ]);
  identities.delete('');
  const subjectAltNames = [...identities].sort();
  const definition = { ...definitionOf(service, settings), subjectAltNames };
  const { namespace, name, labels, createTime, origin } = service;
  const serviceVersion = contentHash(
    JSON.stringify([definition, createTime, pairs(labels), pairs(service.annotations), origin ?? null]),
  );
  const endpointsVersion = contentHash([...records.map(({ digest }) => digest), ...notReady].join(' '));
  return makeConfigObject({
    kind: SYNTHETIC_SERVICE_ENTRY,
    namespace,
    name,
    labels,
    createTime,
    annotations: {
      ...service.annotations,
      [SERVICE_VERSION]: serviceVersion,
      [ENDPOINTS_VERSION]: endpointsVersion,
      ...(notReady.length > 0 && { [NOT_READY_ENDPOINTS]: notReady.join(',') }),
    },
    version: `${serviceVersion}.${endpointsVersion}`,
    spec: create(ServiceEntrySchema, {
      ...definition,
      endpoints: [...externalEndpoint(service), ...records.map(({ message }) => message)],
    }),
    ...(origin && { origin }),
  });
}

/** Everything but the endpoints. */
function definitionOf(service: NativeService, { domain }: SynthesisSettings) {
  const { spec, namespace, name } = service;
  return {
    hosts: [`${name}.${namespace}.svc.${domain}`],
    addresses: [...entryAddresses(service)],
    ports: [...entryPorts(service)],
    location: isExternal(service) ? ServiceEntry_Location.MESH_EXTERNAL : ServiceEntry_Location.MESH_INTERNAL,
    resolution: isExternal(service)
      ? ServiceEntry_Resolution.DNS
      : spec.headless
        ? ServiceEntry_Resolution.NONE
        : ServiceEntry_Resolution.STATIC,
    exportTo: [...exportToOf(service)],
  } satisfies MessageInitShape<typeof ServiceEntrySchema>;
}

/** The name that a Service of type ExternalName stands for is its only endpoint. */
function externalEndpoint(service: NativeService): { address: string }[] {
  return isExternal(service) ? [{ address: service.spec.externalName }] : [];
}

/** True for a Service that is but another name for something else. */
export function isExternal({ spec }: NativeService): boolean {
  return spec.externalName !== '';
}

function pairs(labels: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
