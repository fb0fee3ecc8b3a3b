import { create, fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { RequestResourcesSchema, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { createQueue, createRateLimit, type Encoded } from '@quintet/runtime';
import { createManualClock, createMemoryLog } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { SourceStream } from './source-stream.ts';
import { GATEWAYS, snapshotsOf } from './testing/peers.ts';
import { RULES, rule } from './testing-objects.ts';

/** A request, or rules that are published while the stream is open. */
type Step = MessageInitShape<typeof RequestResourcesSchema> | readonly ReturnType<typeof rule>[];

const OPEN = { collection: RULES, incremental: true };
const ack = (responseNonce: string) => ({ ...OPEN, responseNonce });
const nack = (responseNonce: string) => ({ ...ack(responseNonce), errorDetail: { code: 3, message: 'bad' } });
const AB = [rule('a', 'x'), rule('b', 'x')];
const ABC = [...AB, rule('c', 'x')];

/** What a source says to these requests: `nonce full|delta [names] -[removed]`, and what else is known of the stream. */
async function exchange(steps: readonly Step[], incremental = true) {
  const snapshots = snapshotsOf(rule('a', 'x'));
  const out = createQueue<Encoded>();
  const clock = createManualClock();
  const log = createMemoryLog();
  const told: string[] = [];
  const stream = new SourceStream({
    ...{ snapshots, log, incremental, out, clock, answerMs: 1000, onStuck: out.fail },
    refusals: createRateLimit({ clock, perSecond: 0, burst: 10 }),
    observer: {
      acknowledged: (collection) => told.push(`ack ${collection === RULES ? 'rules' : 'gateways'}`),
      refused: (_collection, reason) => told.push(`nack ${reason}`),
    },
  });
  const requests = async function* () {
    for (const step of steps) {
      if ('length' in step) snapshots.publish(step);
      else yield create(RequestResourcesSchema, step);
    }
  };
  const end = await stream.read(requests()).then(
    () => 'ended',
    (error: Error) => error.message,
  );
  out.end();
  const sent: string[] = [];
  for await (const { encoded } of out) sent.push(spell(encoded));
  const stale = log.lines.filter(({ message }) => message === 'a stale request is ignored').length;
  return { sent, told, stale, end, timers: clock.pending() };
}

function spell(encoded: Uint8Array): string {
  const { nonce, incremental, resources, removedResources } = fromBinary(ResourcesSchema, encoded);
  const names = resources.map(({ metadata }) => metadata?.name.slice('shop/'.length)).join();
  return `${nonce} ${incremental ? 'delta' : 'full'} [${names}] -[${removedResources.join()}]`;
}

describe('a source whose sink', () => {
  it.each<[string, Step[], { sent: string[]; told?: string[]; stale?: number; end?: string }]>([
    [
      'begins with a nonce of a former stream',
      [ack('7'), nack('7'), OPEN],
      { sent: ['1 delta [a] -[]'], stale: 2 },
    ],
    [
      'acknowledges twice',
      [OPEN, ack('1'), ack('1'), AB],
      { sent: ['1 delta [a] -[]', '2 delta [b] -[]'], told: ['ack rules'], stale: 1 },
    ],
    [
      'acknowledges what it has refused',
      [OPEN, nack('1'), ack('1'), AB],
      { sent: ['1 delta [a] -[]', '2 delta [a,b] -[]'], told: ['nack bad (code 3)'], stale: 1 },
    ],
    [
      'refuses what it has acknowledged',
      [OPEN, ack('1'), nack('1'), AB],
      { sent: ['1 delta [a] -[]', '2 delta [b] -[]'], told: ['ack rules'], stale: 1 },
    ],
    [
      'refuses, then acknowledges what came before',
      [OPEN, ack('1'), AB, nack('2'), ack('1'), ABC],
      {
        sent: ['1 delta [a] -[]', '2 delta [b] -[]', '3 delta [b,c] -[]'],
        told: ['ack rules', 'nack bad (code 3)'],
        stale: 1,
      },
    ],
    [
      'answers an older response while a newer one is under way',
      [OPEN, ack('1'), AB, ack('1'), nack('1'), ack('2')],
      { sent: ['1 delta [a] -[]', '2 delta [b] -[]'], told: ['ack rules', 'ack rules'], stale: 2 },
    ],
    [
      'answers what was not sent yet',
      [OPEN, ack('2'), AB, ack('1')],
      { sent: ['1 delta [a] -[]', '2 delta [b] -[]'], told: ['ack rules'], stale: 1 },
    ],
    [
      'spells a nonce otherwise',
      [OPEN, ack('01'), ack('1 '), ack('+1')],
      { sent: ['1 delta [a] -[]'], stale: 3 },
    ],
    [
      'answers for another collection',
      [OPEN, { ...OPEN, collection: GATEWAYS }, { ...ack('1'), collection: GATEWAYS }, ack('1')],
      { sent: ['1 delta [a] -[]', '2 delta [] -[]'], told: ['ack rules'], stale: 1 },
    ],
    [
      'asks again instead of an answer',
      [OPEN, OPEN, ack('1'), ack('2'), AB],
      {
        sent: ['1 delta [a] -[]', '2 delta [a] -[]', '3 delta [b] -[]'],
        told: ['ack rules'],
        stale: 1,
      },
    ],
    [
      'has what never was',
      [{ ...OPEN, initialResourceVersions: { 'shop/x': '1', '': '2', ['__proto__']: '3' } }],
      { sent: ['1 delta [a] -[shop/x,,__proto__]'] },
    ],
    [
      'asks for an unknown collection in the middle',
      [OPEN, ack('1'), { collection: 'no/such' }, AB],
      { sent: ['1 delta [a] -[]'], told: ['ack rules'], end: 'unknown collection "no/such"' },
    ],
    [
      'answers for an unknown collection',
      [OPEN, { collection: 'no/such', responseNonce: '1' }],
      { sent: ['1 delta [a] -[]'], end: 'unknown collection "no/such"' },
    ],
    ['asks for the empty collection', [{}], { sent: [], end: 'unknown collection ""' }],
    [
      'does not want changes only',
      [{ collection: RULES }, { collection: RULES, responseNonce: '1' }, AB],
      { sent: ['1 full [a] -[]', '2 full [a,b] -[]'], told: ['ack rules'] },
    ],
    [
      'changes its mind about changes only',
      [OPEN, { ...ack('1'), incremental: false }, AB],
      { sent: ['1 delta [a] -[]', '2 delta [b] -[]'], told: ['ack rules'] },
    ],
    ['goes without an answer', [OPEN], { sent: ['1 delta [a] -[]'] }],
  ])('%s', async (_what, steps, expected) => {
    const defaults = { told: [], stale: 0, end: 'ended', timers: 0 };
    expect(await exchange(steps)).toEqual({ ...defaults, ...expected });
  });

  it('wants changes only, which it does not offer, is sent everything', async () => {
    const { sent } = await exchange(
      [{ ...OPEN, initialResourceVersions: { 'shop/a': '1' } }, ack('1'), AB],
      false,
    );
    expect(sent).toEqual(['1 full [a] -[]', '2 full [a,b] -[]']);
  });
});
