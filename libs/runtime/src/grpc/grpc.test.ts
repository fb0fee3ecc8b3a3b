import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AccessLogService,
  type StreamAccessLogsMessage,
} from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { DiscoveryResponseSchema } from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock/clock.ts';
import { createManualClock } from '../clock/manual-clock.ts';
import { MeshError } from '../errors/mesh-error.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import { createAllowList } from '../tls/allow-list.ts';
import { type Channel, createChannel, createClient } from './client.ts';
import { createQueue } from './queue.ts';
import { createGrpcServer, type GrpcServer, type GrpcServerOptions } from './server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newServer(options: Partial<GrpcServerOptions> = {}) {
  const log = createMemoryLog();
  const server = createGrpcServer({ name: 'test', address: '127.0.0.1:0', log, ...options });
  cleanups.push(() => server.stop?.(AbortSignal.abort()));
  return { server, log };
}

async function connect(server: GrpcServer): Promise<Channel> {
  await server.start?.();
  const channel = createChannel({ address: `127.0.0.1:${server.port()}` });
  cleanups.push(channel.close);
  return channel;
}

async function drain(responses: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of responses) count++;
  return count;
}

describe('unary calls', () => {
  it('carry messages, metadata and the deadline', async () => {
    const { server } = newServer();
    server.add(IstioCertificateService, {
      createCertificate: async (request, call) => {
        expect(call.peer).toMatch(/^127\.0\.0\.1:/);
        expect(call.identity).toBeUndefined();
        expect(call.method).toBe('/istio.v1.auth.IstioCertificateService/CreateCertificate');
        return { certChain: [request.csr, request.validityDuration.toString()] };
      },
    });
    const client = createClient(IstioCertificateService, await connect(server));
    const response = await client.createCertificate({ csr: 'x', validityDuration: 5n });
    expect(response.certChain).toEqual(['x', '5']);
  });

  it.each([
    [new MeshError('permission_denied', 'not you', { hint: 'ask' }), 'permission_denied', 'not you (ask)'],
    [new Error('secret detail'), 'unavailable', 'internal error'],
  ])('answer %s with its status and nothing more', async (thrown, code, text) => {
    const { server, log } = newServer();
    server.add(IstioCertificateService, { createCertificate: () => Promise.reject(thrown) });
    const client = createClient(IstioCertificateService, await connect(server));
    const error = await client.createCertificate({}).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'MeshError', code });
    expect(String(error)).toContain(text);
    expect(String(error)).not.toContain('secret');
    expect(log.lines.filter((line) => line.fields.err === thrown)).toHaveLength(
      thrown instanceof MeshError ? 0 : 1,
    );
  });

  it('of a method without a handler are unimplemented', async () => {
    const { server } = newServer();
    server.add(IstioCertificateService, {});
    const client = createClient(IstioCertificateService, await connect(server));
    await expect(client.createCertificate({})).rejects.toMatchObject({ code: 'unimplemented' });
  });

  it('end at their deadline and by their signal, and the handler is told', async () => {
    const { server } = newServer();
    const told: string[] = [];
    server.add(IstioCertificateService, {
      createCertificate: (request, call) =>
        new Promise((_, reject) => {
          call.signal.addEventListener('abort', () => {
            told.push(request.csr);
            reject(new MeshError('cancelled', 'the caller has gone'));
          });
          if (request.csr === 'signal') stop.abort();
        }),
    });
    const stop = new AbortController();
    const client = createClient(IstioCertificateService, await connect(server));
    const late = client.createCertificate({ csr: 'deadline' }, { timeoutMs: 100 });
    await expect(late).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const cancelled = client.createCertificate({ csr: 'signal' }, { signal: stop.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => told).toEqual(['deadline', 'signal']);
  });

  it('are answered also when the server stops meanwhile', async () => {
    const { server } = newServer();
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    server.add(IstioCertificateService, {
      createCertificate: async () => {
        arrived.resolve();
        await answer.promise;
        return { certChain: ['done'] };
      },
    });
    const client = createClient(IstioCertificateService, await connect(server));
    const response = client.createCertificate({});
    await arrived.promise;
    const stopped = server.stop?.(AbortSignal.timeout(5000));
    answer.resolve();
    expect((await response).certChain).toEqual(['done']);
    await stopped;
  });

  it('larger than the limit are refused', async () => {
    const { server } = newServer({ maxReceiveBytes: 1000 });
    server.add(IstioCertificateService, { createCertificate: async () => ({}) });
    const client = createClient(IstioCertificateService, await connect(server));
    const large = client.createCertificate({ csr: 'x'.repeat(1001) });
    await expect(large).rejects.toMatchObject({ code: 'resource_exhausted' });
  });

  it('without a certificate do not pass an allow list', async () => {
    const { server } = newServer();
    const allow = createAllowList(['spiffe://cluster.local/ns/*/sa/*']);
    server.add(IstioCertificateService, { createCertificate: async () => ({}) }, { allow });
    const client = createClient(IstioCertificateService, await connect(server));
    await expect(client.createCertificate({})).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('streams', () => {
  it('answer in order, with bytes made once', async () => {
    const { server } = newServer();
    const encoded = toBinary(DiscoveryResponseSchema, create(DiscoveryResponseSchema, { nonce: 'raw' }));
    server.add(AggregatedDiscoveryService, {
      async *streamAggregatedResources(requests) {
        for await (const request of requests) {
          yield { versionInfo: request.versionInfo };
          yield { encoded };
        }
      },
    });
    const client = createClient(AggregatedDiscoveryService, await connect(server));
    const requests = createQueue<{ versionInfo: string }>();
    requests.push({ versionInfo: '1' });
    requests.push({ versionInfo: '2' });
    requests.end();
    const seen: string[] = [];
    for await (const r of client.streamAggregatedResources(requests)) seen.push(r.versionInfo + r.nonce);
    expect(seen).toEqual(['1', 'raw', '2', 'raw']);
  });

  it('from the client are collected and answered once', async () => {
    const { server } = newServer();
    const seen: StreamAccessLogsMessage[] = [];
    server.add(AccessLogService, {
      async streamAccessLogs(messages) {
        for await (const message of messages) seen.push(message);
        return {};
      },
    });
    const client = createClient(AccessLogService, await connect(server));
    const messages = createQueue<{ identifier: { logName: string } }>();
    messages.push({ identifier: { logName: 'a' } });
    messages.push({ identifier: { logName: 'b' } });
    messages.end();
    await client.streamAccessLogs(messages);
    expect(seen.map((m) => m.identifier?.logName)).toEqual(['a', 'b']);
  });

  it('end with a status when the handler throws, and the handler ends when the client goes', async () => {
    const { server } = newServer();
    const gone = Promise.withResolvers<void>();
    server.add(AggregatedDiscoveryService, {
      async *streamAggregatedResources(requests) {
        try {
          for await (const request of requests) {
            if (request.typeUrl === 'bad') throw new MeshError('invalid_argument', 'unknown type');
            yield {};
          }
        } finally {
          gone.resolve();
        }
      },
    });
    const client = createClient(AggregatedDiscoveryService, await connect(server));
    const bad = createQueue<{ typeUrl: string }>();
    bad.push({ typeUrl: 'bad' });
    const failed = drain(client.streamAggregatedResources(bad));
    await expect(failed).rejects.toMatchObject({ code: 'invalid_argument' });
    const good = createQueue<{ typeUrl: string }>();
    good.push({ typeUrl: 'good' });
    for await (const _ of client.streamAggregatedResources(good)) break;
    await gone.promise;
  });

  it('that are silent end within the shutdown, and the client sees why', async () => {
    const { server } = newServer();
    let handlerEnded = false;
    server.add(AggregatedDiscoveryService, {
      async *streamAggregatedResources(requests) {
        try {
          yield { nonce: 'open' };
          for await (const _ of requests) yield {};
        } finally {
          handlerEnded = true;
        }
      },
    });
    const client = createClient(AggregatedDiscoveryService, await connect(server));
    const opened = Promise.withResolvers<void>();
    const read = async () => {
      for await (const _ of client.streamAggregatedResources(createQueue())) opened.resolve();
    };
    const reading = read();
    await opened.promise;
    const begin = systemClock.monotonic();
    await Promise.all([
      server.stop?.(AbortSignal.timeout(5000)),
      expect(reading).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('the server is shutting down'),
      }),
    ]);
    expect(systemClock.monotonic() - begin).toBeLessThan(2000);
    expect(handlerEnded).toBe(true);
  });

  it('whose handler is parked elsewhere end too', async () => {
    const { server } = newServer();
    server.add(AggregatedDiscoveryService, {
      async *streamAggregatedResources() {
        yield { nonce: 'open' };
        await new Promise(() => {});
      },
    });
    const client = createClient(AggregatedDiscoveryService, await connect(server));
    const stream = client.streamAggregatedResources(createQueue())[Symbol.asyncIterator]();
    await stream.next();
    const ended = expect(stream.next()).rejects.toMatchObject({ code: 'unavailable' });
    await server.stop?.(AbortSignal.timeout(5000));
    await ended;
  });

  it('whose reader takes nothing are ended', async () => {
    const clock = createManualClock();
    const { server } = newServer({ clock, slowReaderMs: 1000 });
    const chunk = 'x'.repeat(256 * 1024);
    let sent = 0;
    server.add(AggregatedDiscoveryService, {
      async *streamAggregatedResources() {
        for (;;) {
          yield { versionInfo: chunk };
          sent++;
        }
      },
    });
    const client = createClient(AggregatedDiscoveryService, await connect(server));
    const stream = client.streamAggregatedResources(createQueue())[Symbol.asyncIterator]();
    await stream.next();
    await expect.poll(() => clock.pending()).toBe(1);
    await clock.advance(1000);
    const rest = async () => {
      while ((await stream.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: 'resource_exhausted' });
    expect(sent).toBeLessThan(100);
  });
});

describe('a channel', () => {
  it('outlives its server: calls fail while it is away and work again afterwards', async () => {
    const start = async (address: string) => {
      const { server } = newServer({ address });
      server.add(IstioCertificateService, { createCertificate: async () => ({ certChain: ['x'] }) });
      await server.start?.();
      return server;
    };
    const first = await start('127.0.0.1:0');
    const address = `127.0.0.1:${first.port()}`;
    const channel = createChannel({ address });
    cleanups.push(channel.close);
    const client = createClient(IstioCertificateService, channel);
    await client.createCertificate({});
    await first.stop?.(AbortSignal.abort());
    await expect(client.createCertificate({})).rejects.toMatchObject({ code: 'unavailable' });
    await start(address);
    const call = () =>
      client.createCertificate({}).then(
        ({ certChain }) => certChain,
        () => [],
      );
    await expect.poll(call, { timeout: 8000 }).toEqual(['x']);
  }, 10_000);
});

describe('a Unix socket', () => {
  it('is for its owner alone, is taken over from the dead and not from the living', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'quintet-grpc-'));
    cleanups.push(() => rm(dir, { recursive: true }));
    const path = join(dir, 'x.sock');
    const leaveBehind = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leaveBehind]);
    expect((await stat(path)).isSocket()).toBe(true);
    const { server } = newServer({ address: `unix://${path}` });
    server.add(IstioCertificateService, { createCertificate: async () => ({ certChain: ['x'] }) });
    await server.start?.();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const channel = createChannel({ address: `unix://${path}` });
    cleanups.push(channel.close);
    expect((await createClient(IstioCertificateService, channel).createCertificate({})).certChain).toEqual([
      'x',
    ]);
    await expect(newServer({ address: `unix://${path}` }).server.start?.()).rejects.toThrow('it is in use');
    await writeFile(join(dir, 'file'), '');
    const file = newServer({ address: `unix://${join(dir, 'file')}` });
    await expect(file.server.start?.()).rejects.toThrow('it is there and no socket');
  });
});

describe('an address', () => {
  it('in use is named in one line', async () => {
    const { server } = newServer();
    await server.start?.();
    const second = newServer({ address: `127.0.0.1:${server.port()}` });
    await expect(second.server.start?.()).rejects.toThrow(
      `cannot listen on 127.0.0.1:${server.port()}: the port is in use`,
    );
  });
});
