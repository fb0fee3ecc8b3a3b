import type { JsonValue } from '@bufbuild/protobuf';
import { isNotFound, type KubeClient } from '@quintet/kube';
import { isMap } from './desired.ts';

/** What says where the addresses of a Service are. */
export const SLICES = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  scope: 'namespace',
} as const;

const ENDPOINTS = {
  group: '',
  version: 'v1',
  plural: 'endpoints',
  kind: 'Endpoints',
  scope: 'namespace',
} as const;

/**
 * Whether a Service has an address that is ready: by its slices, or, where those may not be read or there are none, by
 * its Endpoints.
 */
export async function hasReadyEndpoint(
  client: Pick<KubeClient, 'get' | 'list'>,
  { namespace, serviceName }: { readonly namespace: string; readonly serviceName: string },
): Promise<boolean> {
  const labelSelector = selectorOf(serviceName);
  const slices = await client.list(SLICES, { namespace, labelSelector }).then(
    ({ objects }) => objects.map(({ json }) => json),
    () => [],
  );
  if (slices.some((slice) => listIn(slice, 'endpoints').some(isReady))) return true;
  try {
    const { json } = await client.get(ENDPOINTS, { namespace, name: serviceName });
    return listIn(json, 'subsets').some((subset) => listIn(subset, 'addresses').length > 0);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Chooses the slices of a Service. */
export const selectorOf = (serviceName: string): string => `kubernetes.io/service-name=${serviceName}`;

/** An endpoint that says nothing is ready. */
function isReady(endpoint: JsonValue): boolean {
  if (!isMap(endpoint)) return false;
  const { conditions } = endpoint;
  return !isMap(conditions) || conditions.ready !== false;
}

function listIn(value: JsonValue, key: string): readonly JsonValue[] {
  const list = isMap(value) ? value[key] : undefined;
  return Array.isArray(list) ? list : [];
}
