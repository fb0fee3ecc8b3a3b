import type { JsonValue } from '@bufbuild/protobuf';
import { KubeError, type KubeObject, type PatchOptions } from '@quintet/kube';
import { checkJsonObject, resourceKey } from '@quintet/model';
import { createMetrics } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { METRICS } from '../metrics.ts';
import { createConfigStore } from '../store/config-store.ts';
import type { ConfigItem, SourceBatch } from '../store/source.ts';
import type { Distributed } from './status.ts';
import { createWriteBack } from './write-back.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

function item(
  name: string,
  spec: object,
  observed: { generation?: number; status?: JsonValue } = {},
): ConfigItem {
  const json = {
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'DestinationRule',
    metadata: { namespace: 'shop', name },
    spec,
  };
  const parsed = checkJsonObject(json, { file: '' });
  const resource = { kind: 'DestinationRule', namespace: 'shop', name };
  const { generation = 1, status } = observed;
  return {
    ...{ kind: 'config', key: resourceKey(resource), resource, origin: { file: '', line: 0 } },
    issues: parsed?.issues ?? [],
    ...(parsed?.object && { object: parsed.object }),
    observed: {
      ...{
        apiVersion: 'networking.istio.io/v1beta1',
        uid: name,
        resourceVersion: `${generation}`,
        generation,
        status,
      },
    },
  };
}

const batch = (put: readonly ConfigItem[], removed: readonly string[] = [], source = 'kube'): SourceBatch => {
  return { source, synced: true, put, removed };
};

type Patch = { readonly name: string; readonly body: JsonValue };

function start(options: { fail?: () => KubeError | undefined; distributed?: () => Distributed } = {}) {
  const clock = createManualClock();
  const log = createMemoryLog();
  const patches: Patch[] = [];
  const store = createConfigStore({ sources: ['files', 'kube'], lastGood: [] });
  const metrics = createMetrics();
  const writeBack = createWriteBack({
    client: {
      async patch(_type, { name }, { body, subresource }: PatchOptions): Promise<KubeObject> {
        const error = options.fail?.();
        if (error !== undefined) throw error;
        expect(subresource).toBe('status');
        patches.push({ name, body });
        return { namespace: 'shop', name, uid: name, resourceVersion: `w${patches.length}`, json: {} };
      },
    },
    entry: (key) => store.entries.get(key),
    distribution: { of: () => options.distributed?.() },
    writesPerSecond: 10,
    metrics: metrics.create(METRICS),
    clock,
    log,
  });
  const leading = new AbortController();
  ending.push(async () => {
    leading.abort();
    await writeBack.stop?.(AbortSignal.timeout(1000));
  });
  const take = (next: SourceBatch) => {
    store.take(next);
    writeBack.taken(next);
  };
  take({ source: 'files', synced: true, put: [], removed: [] });
  const settle = () => clock.advance(0);
  return {
    clock,
    log,
    patches,
    metrics,
    writeBack,
    take,
    settle,
    lead: () => writeBack.lead(leading.signal),
    leading,
  };
}

const GOOD = { host: 'a' };
const BAD = { host: '' };

describe('the status of objects', () => {
  it('is written by the leader alone, under the version that it is about', async () => {
    const { take, patches, settle, lead } = start();
    take(batch([item('good', GOOD), item('bad', BAD)]));
    await settle();
    expect(patches).toEqual([]);
    lead();
    await settle();
    expect(patches).toMatchObject([
      {
        name: 'good',
        body: {
          metadata: { uid: 'good', resourceVersion: '1' },
          status: { observedGeneration: 1, conditions: [{ type: 'Accepted', status: 'True' }] },
        },
      },
      {
        name: 'bad',
        body: {
          status: {
            conditions: [
              { status: 'False', reason: 'Invalid' },
              { type: 'Reconciled', status: 'False' },
            ],
            validationMessages: [{ path: 'spec.host' }],
          },
        },
      },
    ]);
  });

  it('is not written again for what comes back of it, nor when somebody drops what was written', async () => {
    const { take, patches, settle, lead } = start();
    lead();
    take(batch([item('a', GOOD)]));
    await settle();
    const [first] = patches;
    const body = first?.body;
    const status = typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
    take(batch([item('a', GOOD, { ...(status !== undefined && { status }) })]));
    take(batch([item('a', GOOD)]));
    await settle();
    expect(patches).toHaveLength(1);
    take(batch([item('a', BAD, { generation: 2 })]));
    await settle();
    expect(patches).toHaveLength(2);
    expect(patches[1]).toMatchObject({
      body: { status: { observedGeneration: 2, conditions: [{ reason: 'LastGoodKept' }, {}] } },
    });
    take(batch([item('a', GOOD, { generation: 3 })]));
    await settle();
    expect(patches[2]).toMatchObject({ body: { status: { conditions: [{ status: 'True' }] } } });
  });

  it('follows the way to proxies, and the analysis', async () => {
    let distributed: Distributed = { acknowledged: 0, total: 2, complete: false };
    const { take, patches, settle, lead, writeBack } = start({ distributed: () => distributed });
    lead();
    take(batch([item('a', GOOD)]));
    await settle();
    distributed = { acknowledged: 2, total: 2, complete: true };
    writeBack.distributed('istio/networking/v1alpha3/destinationrules/shop/a');
    await settle();
    writeBack.distributed(undefined);
    await settle();
    const conditions = patches.map(({ body }) => JSON.stringify(body));
    expect(conditions).toHaveLength(2);
    expect(conditions[0]).toContain('0 of 2 proxies have it');
    expect(conditions[1]).toContain('2 of 2 proxies have it');
    const resource = { kind: 'DestinationRule', namespace: 'shop', name: 'a' };
    writeBack.analysed([{ code: 'IST0101', severity: 'error', resource, path: '', message: 'not there' }]);
    await settle();
    expect(patches[2]).toMatchObject({
      body: { status: { validationMessages: [{ type: { code: 'IST0101' } }] } },
    });
    writeBack.analysed([]);
    await settle();
    expect(patches[3]).toMatchObject({ body: { status: { validationMessages: null } } });
  });

  it('says that the object of a file counts instead', async () => {
    const { take, patches, settle, lead } = start();
    const { observed: _, ...fromFile } = item('a', GOOD);
    take(batch([fromFile], [], 'files'));
    take(batch([item('a', { host: 'b' })]));
    lead();
    await settle();
    expect(patches).toMatchObject([
      { body: { status: { validationMessages: [{ type: { code: 'QTT1004' } }] } } },
    ]);
    take(batch([], [fromFile.key], 'files'));
    await settle();
    expect(patches[1]).toMatchObject({ body: { status: { conditions: [{ status: 'True' }] } } });
  });

  it('is written at a bounded rate', async () => {
    const { take, patches, settle, lead, clock } = start();
    take(batch(Array.from({ length: 100 }, (_, index) => item(`a${index}`, GOOD))));
    lead();
    for (let turn = 0; turn < 100; turn++) await settle();
    expect(patches).toHaveLength(50);
    await clock.advance(1_000);
    expect(patches.length).toBeGreaterThanOrEqual(59);
    expect(patches.length).toBeLessThanOrEqual(61);
  });

  it('is left alone where it may not be written, with one warning', async () => {
    const fail = () => new KubeError('no', { status: 403 });
    const { take, settle, lead, log, metrics } = start({ fail });
    take(batch([item('a', GOOD), item('b', GOOD)]));
    lead();
    await settle();
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(await metrics.text()).toContain('quintet_galley_status_writes_total{result="forbidden"} 1');
  });

  it('is tried again when the API server was away, and not when the object has changed', async () => {
    let status = 503;
    const { take, patches, settle, lead, clock, metrics } = start({
      fail: () => (status === 0 ? undefined : new KubeError('away', { status })),
    });
    take(batch([item('a', GOOD)]));
    lead();
    await settle();
    status = 0;
    await clock.advance(5_000);
    expect(patches).toHaveLength(1);
    status = 409;
    take(batch([item('a', BAD, { generation: 2 })]));
    await settle();
    status = 0;
    await clock.advance(60_000);
    expect(patches).toHaveLength(1);
    expect(await metrics.text()).toContain('quintet_galley_status_writes_total{result="outdated"} 1');
  });
});
