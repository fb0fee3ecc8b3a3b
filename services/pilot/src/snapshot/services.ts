import {
  type ConfigObject,
  type Endpoint,
  type Service,
  type ServiceOptions,
  serviceEntryToServices,
} from '@quintet/model';
import type { ServiceEntry } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { contentKey, objectKey } from './content-key.ts';
import { type Keyed, reuse, reuseEach } from './reuse.ts';
import { effectiveExportTo, visibleIn } from './visibility.ts';

/**
 * A service without the endpoints that come and go: it stays the same object while only they change. Endpoints of
 * services found by DNS belong to the definition, because their cluster carries them.
 */
export type MeshService = Keyed &
  Omit<Service, 'endpoints' | 'subjectAltNames'> & {
    /** Who may answer for the service: its alternative names, or the identities of its endpoints; sorted. */
    readonly identities: readonly string[];
    readonly dnsEndpoints: readonly Endpoint[];
  };

/** All services, oldest first. Entries of one host in one namespace stand side by side. */
export type ServiceIndex = Keyed & {
  readonly services: readonly MeshService[];
  readonly byHost: ReadonlyMap<string, readonly MeshService[]>;
};

/** The endpoints that one service entry gives one of its hosts. */
export type ServiceEndpoints = {
  readonly service: MeshService;
  readonly endpoints: readonly Endpoint[];
};

/** Endpoints by service and by address; changes with every endpoint. */
export type EndpointIndex = Keyed & {
  readonly byService: ReadonlyMap<string, readonly ServiceEndpoints[]>;
  readonly byAddress: ReadonlyMap<string, readonly ServiceInstance[]>;
};

/** One endpoint together with the service it serves. */
export type ServiceInstance = { readonly service: MeshService; readonly endpoint: Endpoint };

/** Services and endpoints of all service entries, parts reused where they did not change. */
export type Registry = {
  readonly services: ServiceIndex;
  readonly endpoints: EndpointIndex;
  readonly entries: readonly EntryServices[];
};

type EntryServices = Keyed & { readonly hosts: readonly ServiceEndpoints[] };

/** Builds the registry of `entries`, oldest first, with the mesh's default visibility and its trust domain. */
export function buildRegistry(options: {
  readonly entries: readonly ConfigObject<ServiceEntry>[];
  readonly defaultExportTo: readonly string[];
  readonly trustDomain: string;
  readonly previous?: Registry;
}): Registry {
  const { previous } = options;
  const definitions = new Map(previous?.services.services.map((service) => [service.key, service]));
  const suffix = `#${options.trustDomain}#${options.defaultExportTo.join(',')}`;
  const entries = reuseEach(previous?.entries, options.entries, {
    key: (entry) => objectKey(entry) + suffix,
    build: (entry, key) => ({ key, hosts: servicesOf(entry, options, definitions) }),
  });
  const all = entries.flatMap((entry) => entry.hosts);
  return {
    services: reuse(previous?.services, contentKey(all.map(({ service }) => service.key)), (key) =>
      indexServices(
        key,
        all.map(({ service }) => service),
      ),
    ),
    endpoints: reuse(previous?.endpoints, contentKey(entries.map((entry) => entry.key)), (key) =>
      indexEndpoints(key, all),
    ),
    entries,
  };
}

/** The key of a service in {@link EndpointIndex.byService}. */
export function serviceKey(service: { readonly host: string; readonly namespace: string }): string {
  return `${service.namespace}/${service.host}`;
}

/**
 * The service that proxies of `namespace` mean by `host`: their own namespace's first, else the oldest they may see.
 */
export function findService(index: ServiceIndex, host: string, namespace: string): MeshService | undefined {
  const visible = index.byHost.get(host)?.filter((service) => visibleIn(service, namespace));
  return visible?.find((service) => service.namespace === namespace) ?? visible?.[0];
}

function servicesOf(
  entry: ConfigObject<ServiceEntry>,
  options: ServiceOptions,
  known: ReadonlyMap<string, MeshService>,
): ServiceEndpoints[] {
  return serviceEntryToServices(entry, options).map((service) => {
    const definition = define(service);
    return { service: known.get(definition.key) ?? definition, endpoints: service.endpoints };
  });
}

function define(service: Service): MeshService {
  const { endpoints, subjectAltNames, ...rest } = service;
  const accounts = endpoints.map((endpoint) => endpoint.serviceAccount).filter((account) => account !== '');
  const definition = {
    ...rest,
    exportTo: effectiveExportTo(service.exportTo, []),
    identities: [...new Set(subjectAltNames.length > 0 ? subjectAltNames : accounts)].toSorted(),
    dnsEndpoints: service.resolution === 'dns' ? endpoints : [],
  };
  return { ...definition, key: contentKey(definition) };
}

function indexServices(key: string, services: readonly MeshService[]): ServiceIndex {
  return { key, services, byHost: Map.groupBy(services, (service) => service.host) };
}

function indexEndpoints(key: string, all: readonly ServiceEndpoints[]): EndpointIndex {
  const instances = all.flatMap(({ service, endpoints }) =>
    endpoints.map((endpoint) => ({ service, endpoint })),
  );
  return {
    key,
    byService: Map.groupBy(all, ({ service }) => serviceKey(service)),
    byAddress: Map.groupBy(instances, ({ endpoint }) => endpoint.address),
  };
}
