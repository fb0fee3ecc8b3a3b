import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { apiVersionOf, isNotFound, type KubeObject, type ResourceType } from '@quintet/kube';
import { type ConfigObject, isOfSchema, SYNTHETIC_SERVICE_ENTRY, VIRTUAL_SERVICE } from '@quintet/model';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { VirtualServiceSchema } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { eventually } from '@quintet/testkit';
import type { ControlPlane } from './cluster.ts';
import { CRDS, crdOf, ENDPOINT_SLICES, NAMESPACES, SERVICES } from './kube-types.ts';
import type { McpReader } from './mcp-reader.ts';

/** The collections that the world shows in. */
export const COLLECTIONS = [VIRTUAL_SERVICE.collection, SYNTHETIC_SERVICE_ENTRY.collection];

/** What objects say in short: `route shop/a` has a host, `service shop/a` the addresses of its endpoints. */
export type Facts = ReadonlyMap<string, string>;

/**
 * Routes, and Services with endpoints, on an API server. What it does not take or answer is tried again for half a minute:
 * an API server that is away, or has just come back, refuses for a while.
 */
export type FaultWorld = {
  putRoute(name: string, host: string): Promise<void>;
  removeRoute(name: string): Promise<void>;
  putService(name: string, addresses: readonly string[]): Promise<void>;
  /** The last fact of each object whose write the API server has confirmed; none once its removal was begun. */
  readonly confirmed: Facts;
  /** What was removed, as sinks call it. */
  readonly removed: ReadonlySet<string>;
  /** What the API server has now. */
  facts(): Promise<Facts>;
};

const ROUTES: ResourceType = { ...VIRTUAL_SERVICE, version: 'v1alpha3' };
const NAMESPACE = 'shop';

/** Makes namespace and kind. */
export async function createFaultWorld({ client }: ControlPlane): Promise<FaultWorld> {
  await client.create(NAMESPACES, { metadata: { name: NAMESPACE } });
  await client.create(CRDS, crdOf(ROUTES));
  await eventually(() => client.list(ROUTES), { timeoutMs: 20_000 });
  const confirmed = new Map<string, string>();
  const removed = new Set<string>();
  const apply = async (type: ResourceType, name: string, rest: JsonObject): Promise<void> => {
    const { metadata, ...content } = rest;
    const labels = typeof metadata === 'object' && !Array.isArray(metadata) ? metadata : {};
    const head = { apiVersion: apiVersionOf(type), kind: type.kind };
    const body = { ...head, metadata: { namespace: NAMESPACE, name, ...labels }, ...content };
    const at = { namespace: NAMESPACE, name };
    await persistently(() =>
      client.patch(type, at, { type: 'apply', body, fieldManager: 'test', force: true }),
    );
  };
  return {
    ...{ confirmed, removed },
    async putRoute(name, host) {
      const route = [{ destination: { host: 'reviews' } }];
      await apply(ROUTES, name, { spec: { hosts: [host], http: [{ route }] } });
      confirmed.set(`route ${NAMESPACE}/${name}`, host);
    },
    async removeRoute(name) {
      confirmed.delete(`route ${NAMESPACE}/${name}`);
      removed.add(`${NAMESPACE}/${name}`);
      const at = { namespace: NAMESPACE, name };
      await persistently(() => client.delete(ROUTES, at).catch(unlessGone));
    },
    async putService(name, addresses) {
      await apply(SERVICES, name, { spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] } });
      await apply(ENDPOINT_SLICES, name, {
        metadata: { labels: { 'kubernetes.io/service-name': name } },
        addressType: 'IPv4',
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
        endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
      });
      confirmed.set(`service ${NAMESPACE}/${name}`, addresses.toSorted().join());
    },
    async facts() {
      const routes = await persistently(() => client.list(ROUTES, { namespace: NAMESPACE }));
      const slices = await persistently(() => client.list(ENDPOINT_SLICES, { namespace: NAMESPACE }));
      return new Map([
        ...routes.objects.map(
          (object) => [`route ${object.namespace}/${object.name}`, hostOf(object)] as const,
        ),
        ...slices.objects.map(
          (object) => [`service ${object.namespace}/${object.name}`, addressesOf(object)] as const,
        ),
      ]);
    },
  };
}

/** The same of what a sink has. */
export function factsOf(reader: McpReader): Facts {
  const facts = new Map<string, string>();
  for (const collection of COLLECTIONS) {
    for (const [name, object] of reader.objects(collection)) {
      if (name.startsWith(`${NAMESPACE}/`)) facts.set(...factOf(name, object));
    }
  }
  return facts;
}

/** Waits until a sink has what the API server has, and answers it. */
export async function converged(world: FaultWorld, reader: McpReader): Promise<Facts> {
  const wanted = await world.facts();
  const text = (facts: Facts) => JSON.stringify([...facts].toSorted());
  await reader.until(() => text(factsOf(reader)) === text(wanted), {
    describe: () => `the sink has ${text(factsOf(reader))}, the API server ${text(wanted)}`,
  });
  return wanted;
}

function persistently<T>(attempt: () => Promise<T>) {
  return eventually(attempt, { timeoutMs: 30_000, everyMs: 50 });
}

/** The answer to a deletion may have been lost, and the deletion not. */
function unlessGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

function factOf(name: string, object: ConfigObject): [string, string] {
  if (isOfSchema(object, VirtualServiceSchema)) return [`route ${name}`, object.spec.hosts.join()];
  if (!isOfSchema(object, ServiceEntrySchema)) throw new TypeError(`${name} is a ${object.kind}`);
  const addresses = object.spec.endpoints.map(({ address }) => address);
  return [`service ${name}`, addresses.toSorted().join()];
}

function hostOf({ json }: KubeObject): string {
  return listOf(fieldOf(json.spec, 'hosts')).join();
}

function addressesOf({ json }: KubeObject): string {
  const endpoints = listOf(json.endpoints);
  return endpoints
    .flatMap((endpoint) => listOf(fieldOf(endpoint, 'addresses')))
    .toSorted()
    .join();
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
