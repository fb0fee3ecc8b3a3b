import { createEventPublisher } from '@quintet/bus';
import { systemClock } from '@quintet/runtime';
import { createMemoryLog, eventually } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusUnderTest, memoryBusUnderTest, natsBusUnderTest } from './bus-under-test.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) =>
  value === undefined ? undefined : new TextDecoder().decode(value);

describe.each([
  ['in memory', memoryBusUnderTest],
  ['over NATS', natsBusUnderTest],
])('a bus %s', (_, make) => {
  let under: BusUnderTest;
  beforeAll(async () => {
    under = await make();
  });
  afterAll(() => under.remove());

  it('brings an event to everybody who listens, and keeps it for those who come later', async () => {
    const [galley, cli] = [await under.connect('galley'), await under.connect('cli')];
    const seen: string[] = [];
    cli.subscribe('event', { params: { service: 'galley' } }, (event, subject) => {
      seen.push(`${subject} ${event.message} ${event.attributes.code}`);
    });
    const events = createEventPublisher({
      bus: galley,
      service: 'galley',
      instance: 'galley-0',
      clock: systemClock,
    });
    const publish = (message: string) =>
      events.publish({
        type: 'config.rejected',
        severity: 'error',
        message,
        attributes: { code: 'IST0106' },
      });
    // A subscription is in force a moment after the call; the first event that arrives says so.
    await eventually(() => {
      publish('probe');
      return seen.length > 0;
    });
    publish('reviews is broken');
    await eventually(() => seen.includes('mesh.event.galley.config.rejected reviews is broken IST0106'));
    const kept: string[] = [];
    for await (const event of cli.replay('event', { last: 1, follow: false })) kept.push(event.message);
    expect(kept).toEqual(['reviews is broken']);
  });

  it('goes on replaying what comes, until told to stop', async () => {
    const [pilot, cli] = [await under.connect('pilot'), await under.connect('cli')];
    const events = createEventPublisher({
      bus: pilot,
      service: 'pilot',
      instance: 'pilot-0',
      clock: systemClock,
    });
    events.publish({ type: 'push', severity: 'info', message: 'first' });
    const stop = new AbortController();
    const seen: string[] = [];
    const options = { params: { service: 'pilot' }, follow: true, signal: stop.signal };
    await eventually(async () => {
      for await (const event of cli.replay('event', { ...options, follow: false }))
        return event.message === 'first';
      return false;
    });
    for await (const event of cli.replay('event', options)) {
      seen.push(event.message);
      if (seen.length === 1) events.publish({ type: 'push', severity: 'info', message: 'second' });
      if (seen.length === 2) stop.abort();
    }
    expect(seen).toEqual(['first', 'second']);
  });

  it('gives each message of a queue to one of its members', async () => {
    const mixer = await under.connect('mixer');
    const seen: string[] = [];
    for (const name of ['a', 'b']) {
      const adapter = await under.connect('adapter');
      adapter.subscribe('report', { queue: 'stdout' }, ({ records }) => {
        seen.push(`${name} ${records[0]?.kind}`);
      });
    }
    const publish = (kind: string) => mixer.publish('report', { kind: 'http' }, { records: [{ kind }] });
    await eventually(() => {
      publish('probe');
      return new Set(seen.map((line) => line[0])).size === 2;
    });
    publish('last');
    await eventually(() => seen.some((line) => line.endsWith('last')));
    expect(seen.filter((line) => line.endsWith('last'))).toHaveLength(1);
  });

  it('collects the answers of all replicas, and of none', async () => {
    const cli = await under.connect('cli');
    const ask = (timeoutMs: number) =>
      cli.requestMany(
        'proxyStatus',
        { nodeId: 'x' },
        { timeoutMs, enough: (replies) => replies.length === 2 },
      );
    expect(await ask(2000)).toEqual([]);
    for (const name of ['pilot-0', 'pilot-1']) {
      const pilot = await under.connect('pilot');
      pilot.respond('proxyStatus', async ({ nodeId }) => ({
        pilotInstance: name,
        knownReplicas: 2,
        proxies: [{ nodeId }],
      }));
    }
    const replies = await eventually(async () => {
      const got = await ask(500);
      return got.length === 2 && got;
    });
    expect(replies.map((r) => r.pilotInstance).sort()).toEqual(['pilot-0', 'pilot-1']);
    expect(replies[0]?.proxies[0]?.nodeId).toBe('x');
  });

  it('keeps values by key, sets them by comparison and tells of changes', async () => {
    const [pilot, galley] = [await under.connect('pilot'), await under.connect('galley')];
    const write = pilot.keyValue('distribution');
    const read = galley.keyValue('distribution');
    const key = 'istio/networking/v1alpha3/virtualservices/default/a b.c*';
    const revision = await write.update(key, bytes('1'), 0);
    const changes: string[] = [];
    const watch = await read.watch((c) => changes.push(`${c.key}=${text(c.value)}`));
    await expect(write.update(key, bytes('x'), 0)).rejects.toMatchObject({ code: 'aborted' });
    expect(text((await read.get(key))?.value)).toBe('1');
    expect(await write.update(key, bytes('2'), revision)).toBeGreaterThan(revision);
    await write.put('other', bytes('3'));
    await write.delete('other');
    expect(await read.get('other')).toBeUndefined();
    await eventually(() => changes.length === 4);
    expect(changes).toEqual([`${key}=1`, `${key}=2`, 'other=3', 'other=undefined']);
    watch.stop();
  });

  it('keeps large objects', async () => {
    const [galley, pilot] = [await under.connect('galley'), await under.connect('pilot')];
    const large = new Uint8Array(3_000_000).fill(7);
    expect(await galley.objects('snapshot').get('last-good')).toBeUndefined();
    await galley.objects('snapshot').put('last-good', bytes('old'));
    await galley.objects('snapshot').put('last-good', large);
    expect(Buffer.compare((await pilot.objects('snapshot').get('last-good')) ?? bytes(''), large)).toBe(0);
  });

  it('refuses what is not in the table for the principal', async () => {
    const log = createMemoryLog();
    const [mixer, cli] = [await under.connect('mixer', log), await under.connect('cli')];
    const seen: string[] = [];
    cli.subscribe('event', {}, (event) => void seen.push(event.message));
    const mine = (message: string) =>
      mixer.publish('event', { service: 'mixer', type: 'denial' }, { message });
    await eventually(() => {
      mine('own');
      return seen.includes('own');
    });
    mixer.publish('event', { service: 'galley', type: 'denial' }, { message: 'forged' });
    await eventually(() => log.lines.some((line) => line.message === 'the bus refused'));
    mine('after');
    await eventually(() => seen.includes('after'));
    expect(seen).not.toContain('forged');
    await expect(mixer.keyValue('trust').put('bundle', bytes('forged'))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('drops and says so while it is down, and works again afterwards', async () => {
    const [pilot, cli] = [await under.connect('pilot'), await under.connect('cli')];
    const seen: string[] = [];
    cli.subscribe('event', { params: { service: 'pilot' } }, (event) => void seen.push(event.message));
    const publish = (message: string) =>
      pilot.publish('event', { service: 'pilot', type: 'push' }, { message });
    await eventually(() => {
      publish('before');
      return seen.includes('before');
    });
    await under.down();
    await eventually(() => pilot.status().state === 'degraded', { timeoutMs: 10_000 });
    publish('lost');
    await expect(pilot.keyValue('distribution').get('x')).rejects.toMatchObject({ code: 'unavailable' });
    await under.up();
    await eventually(() => pilot.status().state === 'ok' && cli.status().state === 'ok', {
      timeoutMs: 10_000,
    });
    await eventually(() => {
      publish('after');
      return seen.includes('after');
    });
    expect(seen).not.toContain('lost');
  });
});
