/** Size of a world of services. */
export type WorldSize = {
  readonly services: number;
  /** Endpoints of each service. */
  readonly endpoints: number;
  /** Every how manieth service has a VirtualService and a DestinationRule with two subsets. */
  readonly ruledEvery: number;
};

/** The mesh of the published comparisons: 1000 services of 2 ports and 10 endpoints, rules for every tenth. */
export const COMPARED_WORLD: WorldSize = { services: 1000, endpoints: 10, ruledEvery: 10 };

const MESH_PORTS = [80, 9080];

/** The address of an endpoint of a service; both are counted from 0. */
export function endpointAddress(service: number, endpoint: number): string {
  return `10.${10 + endpoint}.${Math.floor(service / 250)}.${1 + (service % 250)}`;
}

/** Service entries of a world, as YAML. */
export function serviceEntries(size: WorldSize): string {
  const entries = Array.from({ length: size.services }, (_, service) => {
    const endpoints = Array.from({ length: size.endpoints }, (_unused, endpoint) => {
      const labels = `{ app: svc-${service}, version: ${endpoint % 2 === 0 ? 'v1' : 'v2'} }`;
      return `    - { address: ${endpointAddress(service, endpoint)}, labels: ${labels} }`;
    });
    const ports = MESH_PORTS.map((port) => `{ number: ${port}, name: http-${port}, protocol: HTTP }`);
    return `apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: { name: svc-${service}, namespace: default }
spec:
  hosts: [svc-${service}.default.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [${ports.join(', ')}]
  endpoints:
${endpoints.join('\n')}
`;
  });
  return entries.join('---\n');
}

/** Destination rules of a world. */
export function destinationRules(size: WorldSize): string {
  const rules = ruled(size).map(
    (service) => `apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: svc-${service}, namespace: default }
spec:
  host: svc-${service}
  subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]
`,
  );
  return rules.join('---\n');
}

/** Virtual services of a world. `mark` stands in each: what follows from another mark is told by it. */
export function virtualServices(size: WorldSize, mark: string): string {
  const services = ruled(size).map(
    (service) => `apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: svc-${service}, namespace: default }
spec:
  hosts: [svc-${service}]
  http:
    - match: [{ headers: { x-mark: { exact: ${mark} } } }]
      route: [{ destination: { host: svc-${service}, subset: v2 } }]
    - route:
        - { destination: { host: svc-${service}, subset: v1 }, weight: 90 }
        - { destination: { host: svc-${service}, subset: v2 }, weight: 10 }
`,
  );
  return services.join('---\n');
}

function ruled({ services, ruledEvery }: WorldSize): number[] {
  return Array.from({ length: Math.ceil(services / ruledEvery) }, (_, index) => index * ruledEvery);
}
