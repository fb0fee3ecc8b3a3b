import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { RequestResourcesSchema, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromResource, resourceName } from './resource.ts';
import { decideResponse, EMPTY_COLLECTION, type SinkCollection } from './sink-decide.ts';
import { createSnapshots } from './snapshots.ts';
import { decideRequest, nextResponse, type PendingResponse, type Watch } from './source-decide.ts';
import { RULES, rule } from './testing-objects.ts';

const watchOf = (init: Partial<Watch>): Watch => {
  return { incremental: true, acknowledged: new Map(), settled: undefined, pending: undefined, ...init };
};
const request = (init: MessageInitShape<typeof RequestResourcesSchema>) =>
  create(RequestResourcesSchema, { collection: RULES, ...init });
const pending: PendingResponse = { nonce: '3', after: new Map([['a', '1']]), version: 'v', complete: true };
const errorDetail = { code: 3, message: 'bad' };
const known = { known: true, incremental: true };

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
      { kind: 'open', watch: { incremental: false, acknowledged: new Map() } },
    ],
    [
      'a first request for changes, with what the sink has',
      undefined,
      { incremental: true, initialResourceVersions: { a: '1' } },
      known,
      { kind: 'open', watch: { incremental: true, acknowledged: new Map([['a', '1']]) } },
    ],
    [
      'a first request for changes that the source does not offer',
      undefined,
      { incremental: true, initialResourceVersions: { a: '1' } },
      { known: true, incremental: false },
      { kind: 'open', watch: { incremental: false, acknowledged: new Map() } },
    ],
    ['a nonce without a watch', undefined, { responseNonce: '1' }, known, { kind: 'stale' }],
    ['a nonce without a response', watchOf({}), { responseNonce: '1' }, known, { kind: 'stale' }],
    ['an old nonce', watchOf({ pending }), { responseNonce: '2' }, known, { kind: 'stale' }],
    [
      'an acknowledgement',
      watchOf({ pending }),
      { responseNonce: '3' },
      known,
      { kind: 'ack', watch: { acknowledged: pending.after, settled: 'v', pending: undefined } },
    ],
    [
      'an acknowledgement of a part',
      watchOf({ pending: { ...pending, complete: false } }),
      { responseNonce: '3' },
      known,
      { kind: 'ack', watch: { acknowledged: pending.after, settled: undefined, pending: undefined } },
    ],
    [
      'a refusal',
      watchOf({ pending }),
      { responseNonce: '3', errorDetail },
      known,
      {
        kind: 'nack',
        reason: 'bad (code 3)',
        watch: { acknowledged: new Map(), settled: 'v', pending: undefined },
      },
    ],
  ] as const)('%s', (_what, watch, init, surroundings, expected) => {
    expect(decideRequest(watch, request(init), surroundings)).toMatchObject(expected);
  });
});

describe('nextResponse', () => {
  const snapshots = createSnapshots([RULES]);
  snapshots.publish([rule('a', 'a'), rule('b', 'b')]);
  const snapshot = snapshots.get(RULES);
  const versionOf = (name: string): string => snapshot?.resources.get(name)?.version ?? '';
  const options = { nonce: '1', splitBytes: 1_000_000 };
  const contentOf = (watch: Watch, splitBytes = options.splitBytes) => {
    const content = nextResponse(watch, snapshot, { ...options, splitBytes })?.content;
    return content && { ...content, resources: content.resources.map((resource) => resource.metadata?.name) };
  };

  it('says nothing before the first complete set', () => {
    expect(nextResponse(watchOf({}), undefined, options)).toBeUndefined();
  });

  it('says nothing while a response has no answer, and nothing twice', () => {
    expect(contentOf(watchOf({ pending }))).toBeUndefined();
    expect(contentOf(watchOf({ settled: snapshot?.version }))).toBeUndefined();
  });

  it('gives everything to a sink that does not want changes only', () => {
    expect(contentOf(watchOf({ incremental: false, acknowledged: new Map([['x', '1']]) }))).toEqual({
      version: snapshot?.version,
      resources: ['shop/a', 'shop/b'],
      removed: [],
      incremental: false,
    });
  });

  it('gives what changed and what is gone', () => {
    const acknowledged = new Map([
      ['shop/a', versionOf('shop/a')],
      ['shop/b', 'old'],
      ['shop/x', '1'],
    ]);
    expect(contentOf(watchOf({ acknowledged }))).toEqual({
      version: snapshot?.version,
      resources: ['shop/b'],
      removed: ['shop/x'],
      incremental: true,
    });
  });

  it('answers also when the sink has everything already', () => {
    const acknowledged = new Map(['shop/a', 'shop/b'].map((name) => [name, versionOf(name)]));
    expect(contentOf(watchOf({ acknowledged }))).toMatchObject({
      resources: [],
      removed: [],
      version: snapshot?.version,
    });
  });

  it('splits changes, and only the last part has the version of the whole', () => {
    expect(contentOf(watchOf({}), 1)).toMatchObject({
      version: `${snapshot?.version}+more`,
      resources: ['shop/a'],
    });
    const acknowledged = new Map([['shop/a', versionOf('shop/a')]]);
    expect(contentOf(watchOf({ acknowledged }), 1)).toMatchObject({
      version: snapshot?.version,
      resources: ['shop/b'],
    });
  });
});

/** A sink and its source without a wire between them. */
class Pair {
  readonly applied = new Map<string, string>();
  readonly #incremental: boolean;
  readonly #splitBytes: number;
  #watch: Watch;
  #sink: SinkCollection = EMPTY_COLLECTION;

  constructor(incremental: boolean, splitBytes: number) {
    this.#incremental = incremental;
    this.#splitBytes = splitBytes;
    this.#watch = this.#open();
  }

  reconnect(): void {
    this.#watch = this.#open();
  }

  /** Exchanges messages until there is nothing to say; `refuse` refuses the first response. */
  settle(snapshots: ReturnType<typeof createSnapshots>, refuse: boolean): void {
    for (let first = true; ; first = false) {
      const next = nextResponse(this.#watch, snapshots.get(RULES), {
        nonce: 'n',
        splitBytes: this.#splitBytes,
      });
      if (next === undefined) return;
      const refused = first && refuse;
      if (!refused) this.#apply(next.content);
      const answer = request({ responseNonce: 'n', ...(refused && { errorDetail }) });
      const verdict = decideRequest(next.watch, answer, known);
      if (!('watch' in verdict)) throw new Error(verdict.kind);
      this.#watch = verdict.watch;
    }
  }

  #open(): Watch {
    const initialResourceVersions = Object.fromEntries(this.#sink.acknowledged);
    const verdict = decideRequest(
      undefined,
      request({ incremental: this.#incremental, initialResourceVersions }),
      known,
    );
    if (verdict.kind !== 'open') throw new Error(verdict.kind);
    return verdict.watch;
  }

  #apply(content: NonNullable<ReturnType<typeof nextResponse>>['content']): void {
    const response = create(ResourcesSchema, {
      collection: RULES,
      systemVersionInfo: content.version,
      resources: [...content.resources],
      removedResources: [...content.removed],
      incremental: content.incremental,
    });
    const objects = content.resources.map((resource) => fromResource(RULES, resource));
    const read = { response, objects: new Map(objects.map((object) => [resourceName(object), object])) };
    const { next, change } = decideResponse(this.#sink, read);
    this.#sink = next;
    if (change?.full) this.applied.clear();
    for (const name of change?.removed ?? []) this.applied.delete(name);
    for (const object of change?.updated ?? []) this.applied.set(resourceName(object), object.version);
  }
}

describe('changes only', () => {
  const contents = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('x', 'y', 'z'));
  const steps = fc.array(fc.record({ contents, refuse: fc.boolean(), reconnect: fc.boolean() }), {
    maxLength: 12,
  });

  it('lead to the same state as full sets, with refusals, splits and reconnects', () => {
    fc.assert(
      fc.property(steps, contents, fc.constantFrom(1, 150, 1_000_000), (history, last, splitBytes) => {
        const snapshots = createSnapshots([RULES]);
        const pairs = [new Pair(true, splitBytes), new Pair(false, splitBytes)];
        for (const step of [...history, { contents: last, refuse: false, reconnect: true }]) {
          snapshots.publish(Object.entries(step.contents).map(([name, host]) => rule(name, host)));
          for (const pair of pairs) {
            if (step.reconnect) pair.reconnect();
            pair.settle(snapshots, step.refuse);
          }
        }
        const expected = [...(snapshots.get(RULES)?.resources ?? [])].map(([name, { version }]) => [
          name,
          version,
        ]);
        for (const pair of pairs) expect([...pair.applied].sort()).toEqual(expected);
      }),
    );
  });
});
