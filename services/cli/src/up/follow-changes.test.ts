import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { createMemoryBus } from '@quintet/bus';
import { EventSchema } from '@quintet/proto/quintet/events/v1/events_pb.js';
import { silentLog } from '@quintet/runtime';
import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { followChanges } from './follow-changes.ts';

const APPLIED = {
  type: 'config.applied',
  service: 'galley',
  message: 'VirtualService shop/a applied',
  resource: { kind: 'VirtualService', name: 'a', origin: '/no/such/a.yaml:7' },
};

/** What a pilot says of its only proxy, which was sent nonce 2. */
const proxyAt = (acknowledged: string) => ({
  proxies: [
    {
      nodeId: 'sidecar~10.0.0.1~a.shop~shop.svc.cluster.local',
      types: [{ name: 'CDS', sent: { nonce: '2' }, acknowledged: { nonce: acknowledged } }],
    },
  ],
});

/** Follows a bus on which one change is told. */
async function follow() {
  const clock = createManualClock();
  const memory = createMemoryBus();
  const connect = (principal: 'cli' | 'galley' | 'pilot') =>
    memory.connect({ principal, clock, log: silentLog });
  const bus = connect('cli');
  const lines: string[] = [];
  let questions = 0;
  const counting: Parameters<typeof followChanges>[0] = {
    replay: bus.replay,
    requestMany(...question) {
      questions += 1;
      return bus.requestMany(...question);
    },
  };
  const stop = new AbortController();
  const following = followChanges(counting, {
    ...{ startedAt: 0, readyAt: 0, signal: stop.signal, clock },
    reporter: { line: (text) => lines.push(text) },
  });
  const applied = create(EventSchema, { ...APPLIED, time: timestampFromMs(clock.now()) });
  connect('galley').publish('event', { service: 'galley', type: 'config.applied' }, applied);
  await expect.poll(() => clock.pending()).toBe(1);
  /** Lets time pass until there is what is expected. */
  const until = (value: () => number, expected: number) =>
    expect
      .poll(
        async () => {
          await clock.advance(500);
          return value();
        },
        { interval: 1 },
      )
      .toBeGreaterThanOrEqual(expected);
  return {
    ...{ clock, memory, lines, pilot: connect('pilot') },
    asked: (times: number) => until(() => questions, questions + times),
    told: () => until(() => lines.length, 1),
    async end() {
      stop.abort();
      await following;
    },
  };
}

describe('following the changes of a mesh', () => {
  it('waits until no proxy is behind', async () => {
    const { pilot, lines, asked, told, end } = await follow();
    let acknowledged = '1';
    pilot.respond('proxyStatus', () => proxyAt(acknowledged));
    await asked(3);
    expect(lines).toEqual([]);
    acknowledged = '2';
    await told();
    expect(lines).toEqual(['✓ VirtualService shop/a applied (a.yaml): no proxy had to change']);
    await end();
  });

  it.each([
    ['nobody answers', true],
    ['the bus is away', false],
  ])('says nothing while %s, and asks again', async (_what, isUp) => {
    const { memory, pilot, lines, asked, told, end } = await follow();
    memory.setUp(isUp);
    await asked(3);
    expect(lines).toEqual([]);
    memory.setUp(true);
    pilot.respond('proxyStatus', () => proxyAt('2'));
    await told();
    await end();
  });

  it('asks nobody when it has ended', async () => {
    const { clock, lines, end } = await follow();
    await end();
    expect(clock.pending()).toBe(0);
    expect(lines).toEqual([]);
  });
});
