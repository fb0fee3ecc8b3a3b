import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Metadata } from '@grpc/grpc-js';
import {
  type RequestResources,
  RequestResourcesSchema,
  type ResourcesSchema,
} from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { createQueue, MeshError, silentLog, systemClock } from '@quintet/runtime';
import { createMemoryLog } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createSnapshots } from './snapshots/snapshots.ts';
import { createMcpSource } from './source.ts';
import { createPeers, GATEWAYS, snapshotsOf } from './testing/peers.ts';
import { RULES, rule } from './testing-objects.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const { serve, serveStream, subscribe, open } = createPeers(cleanups);

describe('source and sink', () => {
  it('answer every collection, empty ones too, then hand out changes', async () => {
    const snapshots = snapshotsOf(rule('a', 'x'), rule('b', 'x'));
    const server = await serve(snapshots);
    const { sink, next } = await subscribe(server.port());
    expect([await next(), await next()].sort()).toEqual(['gateways delta [] -[]', 'rules delta [a,b] -[]']);
    await sink.synced;
    expect(sink.isSynced()).toBe(true);
    expect(sink.versions().get(RULES)).toBe(snapshots.get(RULES)?.version);
    snapshots.publish([rule('b', 'y'), rule('c', 'x')]);
    expect(await next()).toBe('rules delta [b,c] -[shop/a]');
  });

  it('do without a collection that the source does not have, if it may be absent', async () => {
    const snapshots = createSnapshots([RULES]);
    snapshots.publish([rule('a', 'x')]);
    const server = await serve(snapshots);
    const { sink, next } = await subscribe(server.port(), { optional: [GATEWAYS] });
    await sink.synced;
    expect(await next()).toBe('rules delta [a] -[]');
    snapshots.publish([rule('b', 'x')]);
    // The second stream may begin with what the first one had left to say: nothing.
    let told = await next();
    if (told === 'rules delta [] -[]') told = await next();
    expect(told).toBe('rules delta [b] -[shop/a]');
  });

  it('do without a collection that the source never answers, and take it when it comes', async () => {
    const responses = createQueue<MessageInitShape<typeof ResourcesSchema>>();
    const server = await serveStream({
      async *establishResourceStream(stream) {
        void (async () => {
          for await (const { collection, responseNonce } of stream) {
            if (collection === RULES && responseNonce === '') responses.push({ collection, nonce: '1' });
          }
        })();
        yield* responses;
      },
    });
    const options = { optional: [GATEWAYS], optionalPatienceMs: 20 };
    const { sink, next } = await subscribe(server.port(), options);
    await sink.synced;
    expect(await next()).toBe('rules full [] -[]');
    responses.push({ collection: GATEWAYS, nonce: '2' });
    expect(await next()).toBe('gateways full [] -[]');
    responses.end();
  });

  it('hand out full sets when changes are not wanted', async () => {
    const snapshots = snapshotsOf(rule('a', 'x'), rule('b', 'x'));
    const server = await serve(snapshots);
    const { next } = await subscribe(server.port(), { incremental: false });
    expect([await next(), await next()].sort()).toEqual(['gateways full [] -[]', 'rules full [a,b] -[]']);
    snapshots.publish([rule('b', 'y')]);
    expect(await next()).toBe('rules full [b] -[]');
  });

  it('hand out nothing before the first complete set', async () => {
    const snapshots = createSnapshots([RULES, GATEWAYS]);
    const opened = Promise.withResolvers<void>();
    const server = await serve(snapshots, { observer: { streamOpened: () => opened.resolve() } });
    const { sink, next } = await subscribe(server.port());
    await opened.promise;
    expect(sink.isSynced()).toBe(false);
    snapshots.publish([rule('a', 'x')]);
    expect([await next(), await next()].sort()).toEqual(['gateways delta [] -[]', 'rules delta [a] -[]']);
  });

  it('apply a snapshot as a whole although it comes in parts', async () => {
    const snapshots = createSnapshots([RULES, GATEWAYS], { splitBytes: 1 });
    snapshots.publish([rule('a', 'x'), rule('b', 'x'), rule('c', 'x')]);
    const server = await serve(snapshots);
    const { next } = await subscribe(server.port(), { collections: [RULES] });
    expect(await next()).toBe('rules delta [a,b,c] -[]');
  });

  it('refuse a change that cannot be applied, once, and take the next one', async () => {
    const snapshots = snapshotsOf(rule('a', 'x'));
    const server = await serve(snapshots);
    const names: string[][] = [];
    const { refusals, sink } = await subscribe(server.port(), {
      collections: [RULES],
      onChange: (change) => {
        names.push(change.updated.map((object) => object.name));
        if (names.length === 1) throw new MeshError('invalid_argument', 'a is not wanted');
      },
    });
    expect((await refusals.next()).value).toBe('a is not wanted');
    expect(sink.isSynced()).toBe(false);
    snapshots.publish([rule('a', 'y'), rule('b', 'y')]);
    await sink.synced;
    expect(names).toEqual([['a'], ['a', 'b']]);
  });

  it('see a restart of the source neither as deletion nor as change', async () => {
    const objects = [rule('a', 'x'), rule('b', 'x')];
    const first = await serve(snapshotsOf(...objects));
    const port = first.port();
    const { next } = await subscribe(port, { collections: [RULES] });
    expect(await next()).toBe('rules delta [a,b] -[]');
    await first.stop?.(AbortSignal.abort());
    const restarted = createSnapshots([RULES, GATEWAYS]);
    await serve(restarted, {}, port);
    restarted.publish([rule('a', 'x'), rule('b', 'y')]);
    expect(await next()).toBe('rules delta [b] -[]');
  });

  it('say once why the source is away, and that it is back', async () => {
    const server = await serve(snapshotsOf(rule('a', '1')));
    const port = server.port();
    await server.stop?.(AbortSignal.abort());
    const log = createMemoryLog();
    const attempts = createQueue<string>();
    const observer = { disconnected: (reason: string) => attempts.push(reason) };
    const { next } = await subscribe(port, { log, observer });
    const reader = attempts[Symbol.asyncIterator]();
    for (let attempt = 0; attempt < 6; attempt += 1) await reader.next();
    await serve(snapshotsOf(rule('a', '1')), {}, port);
    await next();
    const about = (text: string) => log.lines.filter(({ message }) => message.includes(text));
    // The connection may first break in another way than it is refused later.
    expect(about('connecting again').length).toBeLessThanOrEqual(2);
    expect(about('answers again')).toMatchObject([{ fields: { failures: expect.any(Number) } }]);
  });

  it('end a stream that asks for an unknown collection', async () => {
    const server = await serve(snapshotsOf());
    const { requests, responses } = open(server.port());
    requests.push(create(RequestResourcesSchema, { collection: 'no/such' }));
    await expect(responses.next()).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('unknown collection "no/such"'),
    });
  });

  it('end a stream whose sink gives no answer', async () => {
    const failed = Promise.withResolvers<string>();
    const server = await serve(snapshotsOf(), { answerMs: 20, observer: { sendFailed: failed.resolve } });
    const { requests, responses } = open(server.port());
    requests.push(create(RequestResourcesSchema, { collection: RULES }));
    expect((await responses.next()).done).toBe(false);
    await expect(responses.next()).rejects.toMatchObject({ code: 'resource_exhausted' });
    expect(await failed.promise).toBe('resource_exhausted');
  });

  it('limit refusals and requests for the same again, and no acknowledgements', async () => {
    const snapshots = snapshotsOf();
    const server = await serve(snapshots, { limits: { perSecond: 0, burst: 1 } });
    const { requests, responses } = open(server.port());
    requests.push(create(RequestResourcesSchema, { collection: RULES }));
    for (let i = 0; i < 5; i++) {
      const { value } = await responses.next();
      snapshots.publish([rule('a', String(i))]);
      requests.push(create(RequestResourcesSchema, { collection: RULES, responseNonce: value?.nonce ?? '' }));
    }
    requests.push(create(RequestResourcesSchema, { collection: RULES }));
    await responses.next();
    await responses.next();
    requests.push(create(RequestResourcesSchema, { collection: RULES }));
    await expect(responses.next()).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  it('tell how a stream failed on the side of the sink', async () => {
    const failures: string[] = [];
    const observer = { receiveFailed: (code: string) => failures.push(code) };
    const source = createMcpSource({
      snapshots: snapshotsOf(),
      log: silentLog,
      clock: systemClock,
      observer,
    });
    const gone = new AbortController();
    const call = { peer: '', identity: undefined, metadata: new Metadata(), method: '', signal: gone.signal };
    const requests = createQueue<RequestResources>();
    const silent = source.establishResourceStream?.(requests, call)[Symbol.asyncIterator]();
    const ended = silent?.next();
    gone.abort();
    expect(await ended).toMatchObject({ done: true });
    const broken = createQueue<RequestResources>();
    broken.fail(new Error('not a message'));
    const failed = source.establishResourceStream?.(broken, {
      ...call,
      signal: new AbortController().signal,
    });
    await expect(failed?.[Symbol.asyncIterator]().next()).rejects.toThrow('not a message');
    expect(failures).toEqual(['cancelled', 'unknown']);
  });

  it('limit new streams', async () => {
    const server = await serve(snapshotsOf(), { limits: { perSecond: 0, burst: 1 } });
    await (await subscribe(server.port())).sink.synced;
    await expect(open(server.port()).responses.next()).rejects.toMatchObject({
      code: 'resource_exhausted',
    });
  });
});
