import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { apiVersionOf, type KubeClient, type ResourceType } from '@quintet/kube';
import { CONFIG_MAPS, ENDPOINT_SLICES, NAMESPACES, SERVICES } from '@quintet/test-kubernetes/kube-types.ts';
import { eventually } from '@quintet/testkit';

/** How many of what an API server is filled with. */
export type KubeServicesSize = {
  readonly services: number;
  /** Of each service, in one slice. */
  readonly endpoints: number;
  /** The first endpoint of so many services is a pod. */
  readonly pods: number;
};

export const NAMESPACE = 'bench';
const PODS: ResourceType = { ...CONFIG_MAPS, plural: 'pods', kind: 'Pod' };
/** So many that the API server has always something to do, and fewer than it takes at once. */
const AT_ONCE = 48;
const PODS_MS = 120_000;

export function serviceName(service: number): string {
  return `svc-${service}`;
}

/** Writes Services with their slices, several at once over connections that are kept. Pods must run already. */
export async function writeServices(
  client: KubeClient,
  size: KubeServicesSize,
  podAddresses: readonly string[],
): Promise<void> {
  await atOnce(size.services, async (service) => {
    const name = serviceName(service);
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    await client.create(SERVICES, { metadata: { namespace: NAMESPACE, name }, spec: { ports } });
    await client.create(ENDPOINT_SLICES, {
      ...head(ENDPOINT_SLICES, name),
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: endpointsOf(service, size, { pod: podAddresses[service] }),
    });
  });
}

/** Makes pods on nodes and waits until all run; answers their addresses, by their number. */
export async function runPods(
  client: KubeClient,
  { pods }: KubeServicesSize,
  nodes: readonly string[],
): Promise<readonly string[]> {
  await client.create(NAMESPACES, { metadata: { name: NAMESPACE } });
  await atOnce(pods, async (pod) => {
    await client.create(PODS, {
      metadata: { namespace: NAMESPACE, name: `pod-${pod}`, labels: { app: serviceName(pod) } },
      spec: { nodeName: nodes[pod % nodes.length] ?? '', containers: [{ name: 'c', image: 'none' }] },
    });
  });
  const addresses = async () => {
    const { objects } = await client.list(PODS, {
      namespace: NAMESPACE,
      fieldSelector: 'status.phase=Running',
    });
    const byName = new Map(objects.map(({ name, json }) => [name, textOf(json.status, 'podIP')]));
    return byName.size === pods && Array.from({ length: pods }, (_, pod) => byName.get(`pod-${pod}`) ?? '');
  };
  return eventually(addresses, { timeoutMs: PODS_MS, everyMs: 500 });
}

/** The endpoints of a service: the first its pod, if it has one, the last at `last`, if that is given. */
export function endpointsOf(
  service: number,
  { endpoints, pods }: KubeServicesSize,
  { pod, last }: { readonly pod?: string | undefined; readonly last?: string },
): JsonObject[] {
  return Array.from({ length: endpoints }, (_, index): JsonObject => {
    if (index === 0 && service < pods && pod !== undefined) {
      const targetRef = { kind: 'Pod', namespace: NAMESPACE, name: `pod-${service}` };
      return { addresses: [pod], conditions: { ready: true }, targetRef };
    }
    const own = `10.${200 + index}.${service >> 8}.${service & 255}`;
    const address = index === endpoints - 1 && last !== undefined ? last : own;
    return { addresses: [address], conditions: { ready: true } };
  });
}

/** The addresses that the slices of the API server have, sorted, by service. */
export async function listAddresses(client: KubeClient): Promise<ReadonlyMap<string, string>> {
  const { objects } = await client.list(ENDPOINT_SLICES, { namespace: NAMESPACE });
  return new Map(objects.map(({ name, json }) => [name, addressesOf(json.endpoints).toSorted().join()]));
}

/** Calls `work` for all numbers below `count`, several at once. */
async function atOnce(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function head(type: ResourceType, name: string): JsonObject {
  const labels = { 'kubernetes.io/service-name': name };
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { namespace: NAMESPACE, name, labels },
  };
}

function addressesOf(endpoints: JsonValue | undefined): string[] {
  if (!Array.isArray(endpoints)) return [];
  return endpoints.flatMap((endpoint) => {
    const addresses =
      typeof endpoint === 'object' && endpoint !== null && 'addresses' in endpoint && endpoint.addresses;
    return Array.isArray(addresses) ? addresses.map(String) : [];
  });
}

function textOf(value: JsonValue | undefined, name: string): string {
  const found =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
  return typeof found === 'string' ? found : '';
}
