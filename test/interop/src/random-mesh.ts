import { stringify } from 'yaml';

/** A number in [0, 1). */
export type Random = () => number;

/** The same numbers for the same seed (mulberry32): a test that failed can be repeated. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`);
const SUBSETS = ['v1', 'v2', 'v3'];

/** The host that only the configuration of one step has. */
export function markerHost(step: number): string {
  return `step-${step}.example.com`;
}

/**
 * A configuration by chance: services with endpoints, subsets of some, routes to what there is. It names its step by a
 * service of its own, so that a client can tell when it has arrived.
 */
export function randomMesh(random: Random, step: number): string {
  const pick = <T>(items: readonly T[]): T[] => items.filter(() => random() < 0.6);
  const services = pick(HOSTS).map((host) => ({ host, subsets: pick(SUBSETS) }));
  const destinations = services.flatMap(({ host, subsets }) => [
    { host },
    ...subsets.map((subset) => ({ host, subset })),
  ]);
  const one = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const documents = [
    serviceEntry(markerHost(step), ['10.9.9.9']),
    ...services.map(({ host }) => serviceEntry(host, pick(['10.0.0.1', '10.0.0.2', '10.0.0.3']))),
    ...services.filter(({ subsets }) => subsets.length > 0).map(destinationRule),
    ...pick(services).map(({ host }) => {
      const [first = { host }, second = { host }] = [one(destinations), one(destinations)];
      const weight = Math.floor(random() * 101);
      return virtualService(host, [
        { destination: first, weight },
        { destination: second, weight: 100 - weight },
      ]);
    }),
  ];
  return documents.map((document) => stringify(document)).join('---\n');
}

function serviceEntry(host: string, addresses: readonly string[]) {
  return networking('ServiceEntry', host, {
    hosts: [host],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    location: 'MESH_INTERNAL',
    endpoints: addresses.map((address, index) => ({
      address,
      labels: { version: SUBSETS[index % SUBSETS.length] },
    })),
  });
}

function destinationRule({ host, subsets }: { readonly host: string; readonly subsets: readonly string[] }) {
  return networking('DestinationRule', host, {
    host,
    subsets: subsets.map((name) => ({ name, labels: { version: name } })),
  });
}

function virtualService(host: string, route: readonly object[]) {
  return networking('VirtualService', host, { hosts: [host], http: [{ route }] });
}

function networking(kind: string, host: string, spec: object) {
  const name = host.replaceAll('.', '-');
  return { apiVersion: 'networking.istio.io/v1alpha3', kind, metadata: { name, namespace: 'default' }, spec };
}
