import { createServer, type ServerHttp2Stream } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { RequestResourcesSchema, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { createQueue } from '@quintet/runtime';
import { createMemoryLog } from '@quintet/runtime/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { toResource } from './resource.ts';
import { createPeers, snapshotsOf } from './testing/peers.ts';
import { RULES, rule } from './testing-objects.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const { serve, serveStream, subscribe, open } = createPeers(cleanups);

const OPEN = create(RequestResourcesSchema, { collection: RULES });
/** More than a channel or a server of ours accepts unless told otherwise. */
const HUGE = 'x'.repeat(5 * 1024 * 1024);

describe('a source', () => {
  const observed = async () => {
    const closed = Promise.withResolvers<void>();
    const failures: string[] = [];
    const observer = {
      streamClosed: () => closed.resolve(),
      receiveFailed: (code: string) => failures.push(code),
      sendFailed: (code: string) => failures.push(code),
    };
    const server = await serve(snapshotsOf(rule('a', 'x')), { observer });
    return { port: server.port(), closed: closed.promise, failures };
  };

  it('ends well when its sink has no more to say', async () => {
    const { port, closed, failures } = await observed();
    const { requests, responses } = open(port);
    requests.push(OPEN);
    expect((await responses.next()).value).toMatchObject({ collection: RULES, nonce: '1' });
    requests.end();
    expect(await responses.next()).toMatchObject({ done: true });
    await closed;
    expect(failures).toEqual([]);
  });

  it('ends a stream with a request that is too large, and says why', async () => {
    const { port, closed, failures } = await observed();
    const { requests, responses } = open(port);
    requests.push(OPEN);
    expect((await responses.next()).value).toMatchObject({ nonce: '1' });
    requests.push(create(RequestResourcesSchema, { collection: RULES, responseNonce: HUGE }));
    await expect(responses.next()).rejects.toMatchObject({ code: 'resource_exhausted' });
    await closed;
    expect(failures).toEqual(['cancelled']);
  });

  it('gives up a stream whose sink goes without a word', async () => {
    const { port, closed, failures } = await observed();
    const { requests, responses } = open(port);
    requests.push(OPEN);
    await responses.next();
    await responses.return?.(undefined);
    await closed;
    expect(failures).toEqual(['cancelled']);
  });
});

describe('a sink', () => {
  const COLLECTIONS = { collections: [RULES] };

  it('takes nothing of a response that is too large, says so, and takes the next stream', async () => {
    let streams = 0;
    const server = await serveStream({
      async *establishResourceStream(requests) {
        streams += 1;
        const resources = streams === 1 ? [toResource(rule('a', HUGE))] : [toResource(rule('b', 'x'))];
        for await (const { responseNonce } of requests) {
          if (responseNonce === '') yield { collection: RULES, nonce: '1', resources };
        }
      },
    });
    const log = createMemoryLog();
    const { next } = await subscribe(server.port(), { ...COLLECTIONS, log });
    expect(await next()).toBe('rules full [b] -[]');
    const reasons = log.lines.filter(({ message }) => message.includes('connecting again'));
    expect(reasons.map(({ fields }) => String(fields.reason ?? fields.err))).toEqual([
      expect.stringContaining('larger than max'),
    ]);
  });

  it('connects again when the source ends the stream well', async () => {
    let streams = 0;
    const server = await serveStream({
      async *establishResourceStream() {
        streams += 1;
        yield { collection: RULES, nonce: '1', resources: [toResource(rule(`r${streams}`, 'x'))] };
      },
    });
    const reasons = createQueue<string>();
    const { next } = await subscribe(server.port(), {
      ...COLLECTIONS,
      observer: { disconnected: (reason) => reasons.push(reason) },
    });
    expect([await next(), await next()]).toEqual(['rules full [r1] -[]', 'rules full [r2] -[]']);
    expect((await reasons[Symbol.asyncIterator]().next()).value).toBe('the source ended the stream');
  });

  it('takes nothing of a response that is cut off', async () => {
    const resources = [toResource(rule('a', 'x'))];
    const whole = toBinary(ResourcesSchema, create(ResourcesSchema, { collection: RULES, resources }));
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(whole.length, 1);
    let streams = 0;
    const port = await serveBytes((stream) => {
      streams += 1;
      if (streams > 1) return stream.write(Buffer.concat([prefix, whole]));
      return stream.write(Buffer.concat([prefix, whole.subarray(0, 20)]), () => stream.close(2));
    });
    const { next, sink } = await subscribe(port, COLLECTIONS);
    expect(await next()).toBe('rules full [a] -[]');
    expect([sink.isSynced(), streams]).toEqual([true, 2]);
  });
});

/** A source that answers with bytes. */
async function serveBytes(answer: (stream: ServerHttp2Stream) => unknown): Promise<number> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.on('error', () => {});
    stream.resume();
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' });
    answer(stream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
