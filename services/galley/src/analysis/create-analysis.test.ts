import type { EventInput } from '@quintet/bus';
import { checkDocuments, type Issue, resourceKey } from '@quintet/model';
import { createMetrics } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../metrics.ts';
import { createConfigStore } from '../store/config-store.ts';
import type { SourceItem } from '../store/source.ts';
import { createAnalysis } from './create-analysis.ts';

const object = (kind: string, name: string, spec: string, apiVersion = 'networking.istio.io/v1alpha3') =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { namespace: shop, name: ${name} }\nspec: ${spec}\n`;
const PAGE = object(
  'VirtualService',
  'page',
  '{ hosts: [page], http: [{ route: [{ destination: { host: reviews } }] }] }',
);
const REVIEWS = object('Service', 'reviews', '{ ports: [{ name: http, port: 80 }] }', 'v1');
const RULE = object(
  'rule',
  'log',
  '{ actions: [{ handler: gone, instances: [] }] }',
  'config.istio.io/v1alpha2',
);

function itemsOf(text: string): readonly SourceItem[] {
  return checkDocuments(text, { file: 'a.yaml', native: 'decode' }).parsed.map((parsed): SourceItem => {
    const { resource, origin, issues, object, native } = parsed;
    if (resource === undefined) throw new Error('an object without a name');
    const key = resourceKey(resource);
    if (native !== undefined) return { kind: 'native', key, object: native };
    return { kind: 'config', key, resource, origin, issues, ...(object && { object }) };
  });
}

/** An analysis of what one source holds. */
function start(flags: { readonly enableAnalysis?: boolean } = {}) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const metrics = createMetrics();
  const events: EventInput[] = [];
  const analysed: (readonly Issue[])[] = [];
  const store = createConfigStore({ sources: ['files', 'late'], lastGood: [] });
  const all = ['files', 'late'].map((name) => ({ name, health: () => ({ state: 'ok' as const }) }));
  const analysis = createAnalysis({
    config: {
      ...{ enableAnalysis: true, analysisQuietPeriod: 1_000, analysisMaxWait: 10_000, ...flags },
      ...{ meshConfigFile: undefined, excludedResourceKinds: [], domain: 'cluster.local' },
    },
    ...{ store, clock, log },
    sources: { all, kube: undefined },
    analysed: (issues) => analysed.push(issues),
    events: { publish: (event) => events.push(event) },
    metrics: metrics.create(METRICS),
  });
  const take = async (text: string, options: { removed?: readonly string[]; source?: string } = {}) => {
    const { removed = [], source = 'files' } = options;
    const batch = { source, synced: true, put: itemsOf(text), removed };
    analysis.taken(batch, store.take(batch));
    await clock.advance(1_000);
  };
  const found = () => log.lines.filter(({ message }) => message === 'the analysis found something');
  const page = (query: Record<string, string> = {}) => analysis.pages[0]?.show({ query, params: {} });
  return { clock, log, metrics, events, analysed, analysis, take, found, page };
}

describe('the analysis of what galley holds', () => {
  it('tells of a finding once, and of its end', async () => {
    const { take, found, log, events, analysed, metrics, page } = start();
    await take('', { source: 'late' });
    await take(PAGE);
    expect(found()).toHaveLength(1);
    expect(events).toMatchObject([
      {
        ...{ type: 'config.finding', severity: 'error' },
        message: expect.stringContaining('a.yaml:2: VirtualService shop/page: '),
        resource: { kind: 'VirtualService', namespace: 'shop', name: 'page' },
        attributes: { code: 'IST0101', file: 'a.yaml' },
      },
    ]);
    expect(analysed).toMatchObject([[{ code: 'IST0101', resource: { name: 'page' } }]]);
    expect(await metrics.text()).toContain(
      'quintet_galley_analysis_findings{code="IST0101",level="error"} 1',
    );
    expect(page()).toMatchObject({ findings: [{ kind: 'VirtualService', name: 'page', code: 'IST0101' }] });
    expect(page({ namespace: 'other' })).toMatchObject({ findings: [] });
    await take(object('DestinationRule', 'other', '{ host: "*.example.com" }'));
    expect(events).toHaveLength(1);
    expect(analysed).toHaveLength(1);
    await take(REVIEWS);
    expect(analysed.at(-1)).toEqual([]);
    expect(log.lines.at(-1)?.message).toBe('a finding of the analysis is gone');
    expect(await metrics.text()).toContain(
      'quintet_galley_analysis_findings{code="IST0101",level="error"} 0',
    );
    expect(page()).toMatchObject({ findings: [] });
    await take('', { removed: ['Service/shop/reviews'] });
    expect(events).toHaveLength(2);
  });

  it('waits for the first complete set', async () => {
    const { take, events } = start();
    await take(PAGE);
    expect(events).toEqual([]);
    await take(REVIEWS, { source: 'late' });
    expect(events).toEqual([]);
    await take('', { source: 'late', removed: ['Service/shop/reviews'] });
    expect(events).toMatchObject([{ attributes: { code: 'IST0101' } }]);
  });

  it("looks at mixer's objects too", async () => {
    const { take, analysed } = start();
    await take('', { source: 'late' });
    await take(RULE);
    expect(analysed.at(-1)).toMatchObject([{ code: 'IST0101', resource: { kind: 'rule', name: 'log' } }]);
  });

  it('neither repeats what is wrong with an object alone, nor takes it for missing', async () => {
    const { take, analysed } = start();
    await take('', { source: 'late' });
    const gateway = object('Gateway', 'door', '{ servers: [] }');
    const user = PAGE.replace('hosts: [page]', 'hosts: [page], gateways: [door]').replace('reviews', 'page');
    await take(gateway + user + REVIEWS.replace('reviews', 'page'));
    expect(analysed.flat().filter(({ code }) => code === 'IST0101' || code === 'IST0106')).toEqual([]);
  });

  it('is off unless it is asked for', async () => {
    const { clock, analysis, take, found } = start({ enableAnalysis: false });
    await take('', { source: 'late' });
    await take(PAGE);
    expect(analysis).toMatchObject({ components: [], pages: [] });
    expect(found()).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});
