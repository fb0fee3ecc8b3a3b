import { GATEWAY, SERVICE_ENTRY, SIDECAR, VIRTUAL_SERVICE } from '@quintet/model';
import { MeshError, silentLog, systemClock } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { Excused } from './excused.ts';
import { createSnapshots } from './snapshots/snapshots.ts';
import { createMcpSource } from './source.ts';
import { createPeers } from './testing/peers.ts';
import { RULES, rule } from './testing-objects.ts';

const OPTIONAL = [GATEWAY, SERVICE_ENTRY, SIDECAR, VIRTUAL_SERVICE].map(({ collection }) => collection);
const [GATEWAYS = '', ENTRIES = '', SIDECARS = '', ROUTES = ''] = OPTIONAL;
const COLLECTIONS = [GATEWAYS, ENTRIES, RULES, SIDECARS, ROUTES];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const { serveStream, subscribe } = createPeers(cleanups);

/** A source that has some collections, and says in its own words that it does not have another one. */
async function serveSome(
  collections: readonly string[],
  refuse: (collection: string) => MeshError,
  port = 0,
) {
  const snapshots = createSnapshots(collections);
  snapshots.publish([rule('a', 'x')]);
  const limits = { perSecond: 1, burst: 1000 };
  const source = createMcpSource({ snapshots, log: silentLog, clock: systemClock, limits });
  return serveStream(
    {
      async *establishResourceStream(requests, call) {
        const refused = Promise.withResolvers<never>();
        const known = async function* () {
          for await (const request of requests) {
            if (collections.includes(request.collection)) yield request;
            else refused.reject(refuse(request.collection));
          }
        };
        const responses = source.establishResourceStream?.(known(), call)[Symbol.asyncIterator]();
        for (;;) {
          const next = await Promise.race([refused.promise, responses?.next()]);
          if (next === undefined || next.done === true) return;
          yield next.value;
        }
      },
    },
    port,
  );
}

const inOwnWords = {
  'names it': (collection: string) =>
    new MeshError('invalid_argument', `unsupported collection "${collection}"`),
  'does not name it': () => new MeshError('unimplemented', 'there is no such thing'),
};

describe('collections that a source need not have', () => {
  describe.each(Object.entries(inOwnWords))('of one that %s when it refuses', (_how, refuse) => {
    it.each([
      ['the first', [GATEWAYS]],
      ['one in the middle', [SIDECARS]],
      ['the last', [ROUTES]],
      ['some', [GATEWAYS, SIDECARS]],
      ['all but one', [ENTRIES, SIDECARS, ROUTES]],
      ['all', OPTIONAL],
    ])('%s: only these are left out', async (_which, missing) => {
      const server = await serveSome(
        COLLECTIONS.filter((name) => !missing.includes(name)),
        refuse,
      );
      const log = createMemoryLog();
      const { sink } = await subscribe(server.port(), {
        ...{ log, collections: COLLECTIONS, optional: OPTIONAL },
        optionalPatienceMs: 20_000,
      });
      await sink.synced;
      const unanswered = [...sink.versions()].filter(([, version]) => version === '').map(([name]) => name);
      expect(unanswered.sort()).toEqual([...missing].sort());
      const excused = log.lines.flatMap(({ fields }) => fields.collections ?? []);
      expect(excused.toSorted()).toEqual([...missing].sort());
    });
  });

  it('are asked for again when another source comes', async () => {
    const refuse = inOwnWords['names it'];
    const first = await serveSome([RULES], refuse);
    const port = first.port();
    const { sink, next } = await subscribe(port, { collections: [RULES, GATEWAYS], optional: [GATEWAYS] });
    await sink.synced;
    expect(await next()).toBe('rules delta [a] -[]');
    await first.stop?.(AbortSignal.abort());
    await serveSome([RULES, GATEWAYS], refuse, port);
    // The first source's second stream may have said once more that there are no other rules.
    let told = await next();
    while (told === 'rules delta [] -[]') told = await next();
    expect(told).toBe('gateways delta [] -[]');
  });

  it('are not left out for one that the source must have', () => {
    const excused = new Excused({
      ...{ collections: COLLECTIONS, optional: OPTIONAL, patienceMs: 1, clock: createManualClock() },
      ...{ isAnswered: () => false, onExcused: () => {} },
    });
    const refusal = `unsupported collection ${RULES}`;
    expect(excused.streamEnded({ refusal })).toBe(false);
    expect(COLLECTIONS.filter((name) => !excused.isAsked(name))).toEqual([]);
  });
});
