import { GATEWAY } from '@quintet/model';
import { type RequestResources, ResourceSink } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { createChannel, createGrpcServer, createQueue, silentLog, systemClock } from '@quintet/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { createMcpDialOut, type McpDialOutOptions } from './dial-out.ts';
import { resourceName } from './resource.ts';
import { SinkState } from './sink-state.ts';
import { createSnapshots, type Snapshots } from './snapshots/snapshots.ts';
import { RULES, rule } from './testing-objects.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A sink that is connected to: what it was told, stream for stream. */
async function startSink(port = 0) {
  const told = createQueue<string>();
  const state = new SinkState({
    collections: [RULES],
    node: { id: 'sink' },
    incremental: true,
    log: silentLog,
    onChange: ({ updated, removed }) =>
      told.push(`[${updated.map(resourceName).join()}] -[${removed.join()}]`),
  });
  const server = createGrpcServer({ name: 'sink', address: `127.0.0.1:${port}`, log: silentLog });
  server.add(ResourceSink, {
    async *establishResourceStream(responses, { metadata, signal }) {
      const requests = createQueue<RequestResources>();
      signal.addEventListener('abort', () => requests.end(), { once: true });
      told.push(`opened by ${metadata.get('who').join()}`);
      requests.push(state.firstRequest(RULES));
      void (async () => {
        for await (const response of responses) {
          const { request, refusal } = await state.answer(response);
          if (refusal) told.push(`refused ${response.collection}: ${refusal.code}`);
          requests.push(request);
        }
      })();
      yield* requests;
    },
  });
  await server.start?.();
  const stop = () => server.stop?.(AbortSignal.abort());
  cleanups.push(stop);
  const reader = told[Symbol.asyncIterator]();
  const next = async () => (await reader.next()).value;
  return { port: server.port(), next, stop };
}

async function dial(port: number, snapshots: Snapshots, options: Partial<McpDialOutOptions> = {}) {
  const dialOut = createMcpDialOut({
    channel: createChannel({ address: `127.0.0.1:${port}` }),
    snapshots,
    metadata: { who: 'galley' },
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    reconnect: { initialMs: 5, maxMs: 20 },
    ...options,
  });
  cleanups.push(() => dialOut.stop?.(AbortSignal.abort()));
  await dialOut.start?.();
  return dialOut;
}

function snapshotsOf(...objects: ReturnType<typeof rule>[]): Snapshots {
  const snapshots = createSnapshots([RULES, GATEWAY.collection]);
  snapshots.publish(objects);
  return snapshots;
}

describe('a dial-out', () => {
  it('makes itself heard, hands out everything, then changes', async () => {
    const sink = await startSink();
    const snapshots = snapshotsOf(rule('a', 'x'), rule('b', 'x'));
    const dialOut = await dial(sink.port, snapshots);
    const first = [await sink.next(), await sink.next(), await sink.next()];
    expect(first.sort()).toEqual([
      '[shop/a,shop/b] -[]',
      'opened by galley',
      'refused $triggerCollection: 12',
    ]);
    snapshots.update({ put: [rule('a', 'y')], removed: [{ collection: RULES, name: 'shop/b' }] });
    expect(await sink.next()).toBe('[shop/a] -[shop/b]');
    expect(dialOut.isConnected()).toBe(true);
  });

  it('connects again when the sink is back, and tells it only what it lacks', async () => {
    const sink = await startSink();
    const reconnecting = Promise.withResolvers<string>();
    const snapshots = snapshotsOf(rule('a', 'x'));
    const observer = { reconnecting: reconnecting.resolve };
    const dialOut = await dial(sink.port, snapshots, { observer });
    for (let i = 0; i < 3; i++) await sink.next();
    await sink.stop();
    await reconnecting.promise;
    expect(dialOut.isConnected()).toBe(false);
    const back = await startSink(sink.port);
    const first = [await back.next(), await back.next(), await back.next()];
    expect(first).toContain('[shop/a] -[]');
  });

  it('ends its stream to a sink that takes nothing of what it gets', async () => {
    const server = createGrpcServer({ name: 'stuck', address: '127.0.0.1:0', log: silentLog });
    server.add(ResourceSink, {
      async *establishResourceStream(_responses, { signal }) {
        yield { collection: RULES };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      },
    });
    await server.start?.();
    cleanups.push(() => server.stop?.(AbortSignal.abort()));
    const failed = Promise.withResolvers<string>();
    // More than the windows of the connection hold.
    const big = snapshotsOf(rule('a', 'x'.repeat(1_000_000)));
    await dial(server.port(), big, { answerMs: 20, observer: { sendFailed: failed.resolve } });
    expect(await failed.promise).toBe('resource_exhausted');
  });
});
