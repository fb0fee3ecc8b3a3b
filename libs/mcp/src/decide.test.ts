import { create, fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { RequestResourcesSchema, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { describe, expect, it } from 'vitest';
import type { ResponsePlan } from './snapshots/planner.ts';
import { Revision } from './snapshots/revision.ts';
import { createSnapshots } from './snapshots/snapshots.ts';
import { decideRequest, nextPlan, type PendingResponse, type Watch } from './source-decide.ts';
import { RULES, rule } from './testing-objects.ts';

const NOTHING = { kind: 'told', versions: new Map<string, string>(), since: undefined } as const;
const watchOf = (init: Partial<Watch>): Watch => {
  return { incremental: true, content: NOTHING, settled: undefined, pending: undefined, ...init };
};
const request = (init: MessageInitShape<typeof RequestResourcesSchema>) =>
  create(RequestResourcesSchema, { collection: RULES, ...init });
const revision = new Revision(7, 'v');
const response = new Uint8Array();
const plan: ResponsePlan = { revision, responses: [response] };
const parts: ResponsePlan = { revision, responses: [response, response] };
const pending: PendingResponse = { nonce: '3', plan, index: 0 };
const errorDetail = { code: 3, message: 'bad' };
const known = { known: true, incremental: true };
const told = (versions: Record<string, string>) => ({
  kind: 'told',
  versions: new Map(Object.entries(versions)),
  since: undefined,
});

describe('decideRequest', () => {
  it.each([
    [
      'an unknown collection',
      undefined,
      {},
      { known: false, incremental: true },
      { kind: 'unknown-collection' },
    ],
    [
      'the first request',
      undefined,
      {},
      known,
      { kind: 'open', watch: { incremental: false, content: told({}) } },
    ],
    [
      'a first request for changes, with what the sink has',
      undefined,
      { incremental: true, initialResourceVersions: { a: '1' } },
      known,
      { kind: 'open', watch: { incremental: true, content: told({ a: '1' }) } },
    ],
    [
      'a first request for changes that the source does not offer',
      undefined,
      { incremental: true, initialResourceVersions: { a: '1' } },
      { known: true, incremental: false },
      { kind: 'open', watch: { incremental: false, content: told({}) } },
    ],
    ['a nonce without a watch', undefined, { responseNonce: '1' }, known, { kind: 'stale' }],
    ['a nonce without a response', watchOf({}), { responseNonce: '1' }, known, { kind: 'stale' }],
    ['an old nonce', watchOf({ pending }), { responseNonce: '2' }, known, { kind: 'stale' }],
    [
      'an acknowledgement',
      watchOf({ pending }),
      { responseNonce: '3' },
      known,
      {
        kind: 'ack',
        next: undefined,
        watch: { content: { kind: 'revision', revision }, settled: revision, pending: undefined },
      },
    ],
    [
      'an acknowledgement of a part',
      watchOf({ pending: { ...pending, plan: parts } }),
      { responseNonce: '3' },
      known,
      { kind: 'ack', next: 1, watch: { content: { ...told({}), since: revision }, settled: undefined } },
    ],
    [
      'an acknowledgement of the last part',
      watchOf({ pending: { ...pending, plan: parts, index: 1 } }),
      { responseNonce: '3' },
      known,
      { kind: 'ack', next: undefined, watch: { settled: revision, pending: undefined } },
    ],
    [
      'a refusal',
      watchOf({ pending }),
      { responseNonce: '3', errorDetail },
      known,
      {
        kind: 'nack',
        reason: 'bad (code 3)',
        watch: { content: NOTHING, settled: revision, pending: undefined },
      },
    ],
  ] as const)('%s', (_what, watch, init, surroundings, expected) => {
    expect(decideRequest(watch, request(init), surroundings)).toMatchObject(expected);
  });
});

describe('nextPlan', () => {
  const snapshotOf = (splitBytes: number) => {
    const snapshots = createSnapshots([RULES], { splitBytes });
    snapshots.publish([rule('a', 'a'), rule('b', 'b')]);
    return { snapshots, snapshot: snapshots.get(RULES) };
  };
  const { snapshots, snapshot } = snapshotOf(1_000_000);
  const versionOf = (name: string): string => snapshot?.resources.get(name)?.version ?? '';
  const responsesOf = (watch: Watch, given = snapshot) =>
    nextPlan(watch, given)?.responses.map((bytes) => {
      const { systemVersionInfo: version, resources, removedResources } = fromBinary(ResourcesSchema, bytes);
      return [version, resources.map(({ metadata }) => metadata?.name).join(), removedResources.join()];
    });

  it('says nothing before the first complete set', () => {
    expect(nextPlan(watchOf({}), undefined)).toBeUndefined();
  });

  it('says nothing while a response has no answer, and nothing twice', () => {
    expect(nextPlan(watchOf({ pending }), snapshot)).toBeUndefined();
    expect(nextPlan(watchOf({ settled: snapshot?.revision }), snapshot)).toBeUndefined();
  });

  it('gives everything to a sink that does not want changes only', () => {
    const full = nextPlan(watchOf({ incremental: false }), snapshot);
    const message = fromBinary(ResourcesSchema, full?.responses[0] ?? response);
    expect(message).toMatchObject({ collection: RULES, incremental: false, removedResources: [] });
    expect(message.resources.map(({ metadata }) => metadata?.name)).toEqual(['shop/a', 'shop/b']);
  });

  it('gives what is different from what the sink told, and what is gone', () => {
    const content = {
      ...NOTHING,
      versions: new Map([
        ['shop/a', versionOf('shop/a')],
        ['shop/b', 'old'],
        ['shop/x', '1'],
      ]),
    };
    expect(responsesOf(watchOf({ content }))).toEqual([[snapshot?.version, 'shop/b', 'shop/x']]);
  });

  it('answers also when the sink has everything already', () => {
    const versions = new Map(['shop/a', 'shop/b'].map((name) => [name, versionOf(name)]));
    expect(responsesOf(watchOf({ content: { ...NOTHING, versions } }))).toEqual([
      [snapshot?.version, '', ''],
    ]);
  });

  it('splits changes, and only the last part has the version of the whole', () => {
    const { snapshot: small } = snapshotOf(1);
    expect(responsesOf(watchOf({}), small)).toEqual([
      [`${small?.version}+more`, 'shop/a', ''],
      [small?.version, 'shop/b', ''],
    ]);
  });

  it('makes what several sinks need once', () => {
    const watch = watchOf({ content: { kind: 'revision', revision: snapshot?.revision ?? revision } });
    snapshots.update({ put: [rule('b', 'c')], removed: [] });
    const now = snapshots.get(RULES);
    expect(responsesOf(watch, now)).toEqual([[now?.version, 'shop/b', '']]);
    expect(nextPlan(watch, now)).toBe(nextPlan(watchOf({ content: watch.content }), now));
    expect(nextPlan(watchOf({}), now)).toBe(nextPlan(watchOf({}), snapshots.get(RULES)));
    const full = watchOf({ incremental: false });
    expect(nextPlan(full, now)).toBe(nextPlan(full, snapshots.get(RULES)));
  });
});
