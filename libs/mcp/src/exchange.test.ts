import { create, fromBinary } from '@bufbuild/protobuf';
import {
  type RequestResources,
  RequestResourcesSchema,
  ResourcesSchema,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { silentLog } from '@quintet/runtime';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceName } from './resource.ts';
import { SinkState } from './sink-state.ts';
import { createSnapshots, type Snapshots } from './snapshots/snapshots.ts';
import { decideRequest, nextPlan, type Watch } from './source-decide.ts';
import { RULES, rule } from './testing-objects.ts';

const SURROUNDINGS = { known: true, incremental: true };
const errorDetail = { code: 3, message: 'bad' };

/** A sink and its source without a wire between them; each call of `exchange` is one message to and fro. */
class Pair {
  readonly applied = new Map<string, string>();
  readonly #snapshots: Snapshots;
  readonly #sink: SinkState;
  #watch: Watch;

  constructor(snapshots: Snapshots, incremental: boolean) {
    this.#snapshots = snapshots;
    this.#sink = new SinkState({
      collections: [RULES],
      node: { id: 'test' },
      incremental,
      log: silentLog,
      onChange: ({ full, removed, updated }) => {
        if (full) this.applied.clear();
        for (const name of removed) this.applied.delete(name);
        for (const object of updated) this.applied.set(resourceName(object), object.version);
      },
    });
    this.#watch = this.#open();
  }

  reconnect(): void {
    this.#watch = this.#open();
  }

  /** One response and its answer; false when there is nothing to say. */
  async exchange(refuse: boolean): Promise<boolean> {
    const snapshot = this.#snapshots.get(RULES);
    const plan = nextPlan(this.#watch, snapshot);
    const pending = plan === undefined ? this.#watch.pending : { nonce: 'n', plan, index: 0 };
    const bytes = pending?.plan.responses[pending.index];
    if (pending === undefined || bytes === undefined) return false;
    const response = create(ResourcesSchema, { ...fromBinary(ResourcesSchema, bytes), nonce: 'n' });
    const answer = refuse ? undefined : (await this.#sink.answer(response)).request;
    this.#take({ ...this.#watch, pending }, answer ?? refusal());
    return true;
  }

  #take(watch: Watch, request: RequestResources): void {
    const verdict = decideRequest(watch, request, SURROUNDINGS);
    if (verdict.kind !== 'ack' && verdict.kind !== 'nack') throw new Error(verdict.kind);
    const { pending } = verdict.watch;
    const rest = verdict.kind === 'ack' ? verdict.next : undefined;
    this.#watch =
      pending && rest !== undefined
        ? { ...verdict.watch, pending: { ...pending, index: rest } }
        : verdict.watch;
  }

  #open(): Watch {
    const verdict = decideRequest(undefined, this.#sink.firstRequest(RULES), SURROUNDINGS);
    if (verdict.kind !== 'open') throw new Error(verdict.kind);
    return verdict.watch;
  }
}

function refusal(): RequestResources {
  return create(RequestResourcesSchema, { collection: RULES, responseNonce: 'n', errorDetail });
}

const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const hosts = fc.constantFrom('x', 'y', 'z');
const contents = fc.dictionary(names, hosts);
const step = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), contents }),
  fc.record({ kind: fc.constant('update' as const), put: contents, removed: fc.uniqueArray(names) }),
  fc.record({
    kind: fc.constant('exchange' as const),
    sink: fc.nat(3),
    refuse: fc.boolean(),
    times: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('reconnect' as const), sink: fc.nat(3) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const rules = (dictionary: Readonly<Record<string, string>>) =>
  Object.entries(dictionary).map(([name, host]) => rule(name, host));

async function walk(steps: readonly Step[], snapshots: Snapshots, pairs: readonly Pair[]): Promise<void> {
  for (const each of steps) {
    if (each.kind === 'publish') snapshots.publish(rules(each.contents));
    else if (each.kind === 'update') {
      const removed = each.removed.map((name) => ({ collection: RULES, name: `shop/${name}` }));
      snapshots.update({ put: rules(each.put), removed });
    } else if (each.kind === 'reconnect') pairs[each.sink]?.reconnect();
    else for (let i = 0; i < each.times; i++) await pairs[each.sink]?.exchange(each.refuse && i === 0);
  }
}

describe('any sequence of updates, acknowledgements, refusals, parts and reconnects', () => {
  it('leads every sink to what there is', async () => {
    const start = fc.record({
      steps: fc.array(step, { maxLength: 40 }),
      splitBytes: fc.constantFrom(1, 150, 1e6),
    });
    await fc.assert(
      fc.asyncProperty(start, contents, async ({ steps, splitBytes }, last) => {
        const snapshots = createSnapshots([RULES], { splitBytes });
        snapshots.publish([]);
        const pairs = [true, true, true, false].map((incremental) => new Pair(snapshots, incremental));
        await walk(steps, snapshots, pairs);
        // A refused snapshot is not sent again: something has to change before all is well.
        snapshots.publish([...rules(last), rule('last', 'x')]);
        const expected = [...(snapshots.get(RULES)?.resources ?? [])]
          .map(([name, { version }]) => [name, version])
          .sort();
        for (const pair of pairs) {
          while (await pair.exchange(false));
          expect([...pair.applied].sort()).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives equal content the same version, in whatever order it came about', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 20 }),
        contents,
        fc.array(fc.nat()),
        async (steps, last, order) => {
          const walked = createSnapshots([RULES]);
          walked.publish([]);
          await walk(steps, walked, []);
          walked.publish(rules(last));
          const fresh = createSnapshots([RULES]);
          fresh.publish([]);
          const shuffled = rules(last)
            .map((object, index) => ({ object, place: order[index] ?? 0 }))
            .sort((a, b) => a.place - b.place);
          for (const { object } of shuffled) fresh.update({ put: [object], removed: [] });
          expect(fresh.get(RULES)?.version).toBe(walked.get(RULES)?.version);
        },
      ),
    );
  });

  it('gives different contents different versions', () => {
    const versions = (dictionary: Record<string, string>) => {
      const snapshots = createSnapshots([RULES]);
      snapshots.publish(rules(dictionary));
      return snapshots.get(RULES)?.version;
    };
    fc.assert(
      fc.property(contents, contents, (one, other) => {
        const same =
          JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
        expect(versions(one) === versions(other)).toBe(same);
      }),
    );
  });
});
