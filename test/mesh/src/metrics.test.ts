import { eventually } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import type { Mesh } from './harness/mesh.ts';
import type { Metrics } from './harness/prometheus.ts';
import { useMesh } from './harness/use-mesh.ts';

const mesh = useMesh();

/** One hop of the sample: who called whom. */
type Hop = {
  readonly source: string;
  readonly sourceNamespace: string;
  readonly destination: string;
  readonly service: string;
};

const PRODUCTPAGE = { source: 'productpage-v1', sourceNamespace: 'default' };
const HOPS = {
  page: {
    source: 'istio-ingressgateway',
    sourceNamespace: 'istio-system',
    destination: 'productpage-v1',
    service: 'productpage',
  },
  details: { ...PRODUCTPAGE, destination: 'details-v1', service: 'details' },
  reviews1: { ...PRODUCTPAGE, destination: 'reviews-v1', service: 'reviews' },
  reviews2: { ...PRODUCTPAGE, destination: 'reviews-v2', service: 'reviews' },
  ratings: {
    source: 'reviews-v2',
    sourceNamespace: 'default',
    destination: 'ratings-v1',
    service: 'ratings',
  },
} as const satisfies Record<string, Hop>;

type HopName = keyof typeof HOPS;
const HOP_NAMES = [
  'page',
  'details',
  'reviews1',
  'reviews2',
  'ratings',
] as const satisfies readonly HopName[];
const REPORTERS = ['source', 'destination'] as const;

type Counts = Readonly<Record<string, number>>;

function labelsOf({ source, sourceNamespace, destination, service }: Hop): Readonly<Record<string, string>> {
  return {
    source_workload: source,
    source_workload_namespace: sourceNamespace,
    destination_workload: destination,
    destination_workload_namespace: 'default',
    destination_service: `${service}.default.svc.cluster.local`,
    destination_service_name: service,
    response_code: '200',
  };
}

/** `istio_requests_total` of each hop, by `<hop> <reporter>`. */
function countsIn(metrics: Metrics): Counts {
  return Object.fromEntries(
    HOP_NAMES.flatMap((name) =>
      REPORTERS.map((reporter) => [
        `${name} ${reporter}`,
        metrics.sum('istio_requests_total', { ...labelsOf(HOPS[name]), reporter }),
      ]),
    ),
  );
}

/** Asks for pages one after the other; answers how many requests each hop saw, by what the pages say. */
async function sendPages({ get }: Mesh, pages: number): Promise<Record<HopName, number>> {
  const seen = { page: pages, details: pages, reviews1: 0, reviews2: 0, ratings: 0 };
  for (let index = 0; index < pages; index += 1) {
    // Every third one as the user who gets v2.
    const headers = index % 3 === 0 ? { 'end-user': 'tester' } : {};
    const { status, body } = await get('/productpage', { headers });
    expect(status).toBe(200);
    if (body.includes('data-service="reviews" data-version="v1"')) seen.reviews1 += 1;
    else seen.reviews2 += 1;
  }
  return { ...seen, ratings: seen.reviews2 };
}

function plus(before: Counts, seen: Readonly<Record<HopName, number>>): Counts {
  return Object.fromEntries(
    HOP_NAMES.flatMap((name) =>
      REPORTERS.map((reporter) => {
        const key = `${name} ${reporter}`;
        return [key, (before[key] ?? 0) + seen[name]];
      }),
    ),
  );
}

/** Reports travel for a while: waits until every count is what it has to be. More than that at any time is a failure. */
async function untilCounted(wanted: Counts): Promise<void> {
  let surplus: unknown;
  await eventually(
    async () => {
      const counts = countsIn(await mesh().metrics());
      surplus = Object.entries(counts).find(([key, count]) => count > (wanted[key] ?? 0));
      if (surplus === undefined) expect(counts).toEqual(wanted);
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
  expect(surplus).toBeUndefined();
}

/** The counts when nothing is on its way: those of `up`'s own first requests have all arrived. */
async function countsAtRest(): Promise<Counts> {
  return eventually(
    async () => {
      const counts = countsIn(await mesh().metrics());
      for (const name of HOP_NAMES) {
        expect(counts[`${name} source`]).toBe(counts[`${name} destination`]);
      }
      expect(counts['reviews1 source'] ?? 0).toBe(
        (counts['page source'] ?? 0) - (counts['reviews2 source'] ?? 0),
      );
      return counts;
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
}

describe('istio_requests_total', () => {
  it('counts the requests of every hop at its source and at its destination, each once', async () => {
    const before = await countsAtRest();
    const first = plus(before, await sendPages(mesh(), 60));
    await untilCounted(first);
    // A second round shows that no late report of the first one comes on top.
    await untilCounted(plus(first, await sendPages(mesh(), 15)));
  });

  it('says who the workloads are', async () => {
    await sendPages(mesh(), 3);
    await eventually(
      async () => {
        const metrics = await mesh().metrics();
        const found = metrics.of('istio_requests_total', labelsOf(HOPS.ratings));
        const identity = {
          source_principal: 'cluster.local/ns/default/sa/bookinfo-reviews',
          source_app: 'reviews',
          source_version: 'v2',
          destination_principal: 'cluster.local/ns/default/sa/bookinfo-ratings',
          destination_app: 'ratings',
          destination_version: 'v1',
          request_protocol: 'http',
        };
        expect(found.map(({ labels }) => labels.reporter).sort()).toEqual(['destination', 'source']);
        for (const { labels } of found) expect(labels).toMatchObject(identity);
        const security = found.map(({ labels }) => [labels.reporter, labels.connection_security_policy]);
        expect(Object.fromEntries(security)).toEqual({ source: 'unknown', destination: 'mutual_tls' });
      },
      { timeoutMs: 20_000 },
    );
  });

  it('counts nothing of a workload that is unknown', async () => {
    const metrics = await mesh().metrics();
    for (const key of ['source_workload', 'destination_workload'] as const) {
      const unknown = metrics.of('istio_requests_total', { [key]: 'unknown' });
      expect(unknown.map(({ labels }) => labels)).toEqual([]);
    }
  });

  it('counts what was aborted at the source only, with its flag', async () => {
    const fault = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: details, namespace: default}
spec:
  hosts: [details]
  http:
  - fault: {abort: {httpStatus: 418, percentage: {value: 100}}}
    route: [{destination: {host: details}}]
`;
    await mesh().withFiles({ 'fault.yaml': fault }, async () => {
      for (let index = 0; index < 7; index += 1) {
        const { status } = await mesh().call({
          from: 'productpage-v1',
          host: 'details:9080',
          path: '/details/0',
        });
        expect(status).toBe(418);
      }
      const labels = { destination_service_name: 'details', response_code: '418' };
      await eventually(
        async () => {
          const metrics = await mesh().metrics();
          const [source] = metrics.of('istio_requests_total', { ...labels, reporter: 'source' });
          expect(source).toMatchObject({ value: 7, labels: { response_flags: 'FI' } });
        },
        { timeoutMs: 20_000, everyMs: 100 },
      );
      const metrics = await mesh().metrics();
      expect(metrics.sum('istio_requests_total', { ...labels, reporter: 'destination' })).toBe(0);
    });
  });
});
