import { type Endpoint, isIp, labelsMatch } from '@quintet/model';
import type { LocalitySettings } from '../snapshot/mesh-settings.ts';
import type { ServiceEndpoints } from '../snapshot/services.ts';
import type { EndpointGroup, EndpointPlan } from './cluster-types.ts';
import { placeGroups } from './locality.ts';

/** Label of an endpoint that serves mutual TLS, and its value. */
const TLS_MODE_LABEL = 'security.istio.io/tlsMode';
const TLS_MODE_MESH = 'istio';

/** What a cluster takes of the endpoints of its service. */
export type GroupOptions = {
  readonly endpoints: readonly ServiceEndpoints[];
  readonly port: number;
  /** Only endpoints with these labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the proxy that asks stands: `region/zone/subzone`, or empty where that does not matter. */
  readonly locality: string;
  /** Other localities are a fallback only. */
  readonly failover: boolean;
  readonly settings: LocalitySettings;
};

/** The endpoints of a service port by locality, sorted, with priority and weight. */
export function groupEndpoints(options: GroupOptions): readonly EndpointGroup[] {
  const chosen = options.endpoints.flatMap(({ service, endpoints }) => {
    const port = service.ports.find(({ number }) => number === options.port);
    if (!port) return [];
    return endpoints
      .filter(
        (endpoint) => endpointPort(endpoint, port) !== 0 && labelsMatch(options.labels, endpoint.labels),
      )
      .map((endpoint) => ({ locality: endpoint.locality, plan: endpointPlan(endpoint, port) }));
  });
  const groups = [...Map.groupBy(chosen, ({ locality }) => locality)].map(([locality, members]) => ({
    locality,
    endpoints: distinct(members.map(({ plan }) => plan)),
  }));
  return placeGroups(groups, options);
}

/** The port an endpoint serves a service port on; 0 when it does not serve it. */
export function endpointPort(
  endpoint: Endpoint,
  port: { readonly name: string; readonly number: number },
): number {
  return endpoint.ports[port.name] ?? port.number;
}

function endpointPlan(
  endpoint: Endpoint,
  port: { readonly name: string; readonly number: number },
): EndpointPlan {
  return {
    address: addressOf(endpoint, endpointPort(endpoint, port)),
    weight: endpoint.weight,
    workload: endpoint.workload,
    mutualTls: endpoint.labels[TLS_MODE_LABEL] === TLS_MODE_MESH,
  };
}

function addressOf(endpoint: Endpoint, port: number): EndpointPlan['address'] {
  const { address } = endpoint;
  if (address.startsWith('unix://')) return { kind: 'pipe', path: address.slice('unix://'.length) };
  return { kind: isIp(address) ? 'ip' : 'host', address, port };
}

/** One endpoint for each address, in the order of the addresses. */
function distinct(endpoints: readonly EndpointPlan[]): readonly EndpointPlan[] {
  const byAddress = new Map<string, EndpointPlan>();
  for (const endpoint of endpoints) {
    const key = endpoint.address.kind === 'pipe' ? endpoint.address.path : hostPort(endpoint.address);
    if (!byAddress.has(key)) byAddress.set(key, endpoint);
  }
  return [...byAddress].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

function hostPort({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address}:${port}`;
}
