import { create, toBinary } from '@bufbuild/protobuf';
import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { AccessLogService } from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { DiscoveryRequestSchema } from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryLog } from '../log/memory-log.ts';
import { createChannel } from './client.ts';
import { createGrpcServer } from './server.ts';

const MAX_BYTES = 100_000;
const STREAM = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const NOT_PROTOBUF = Buffer.from([0xff, 0xff, 0xff]);
const TOO_LARGE = Buffer.alloc(MAX_BYTES + 1);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A server that answers each request of a stream with as many bytes as it is told, and the codes of its ended calls. */
async function serve({ answerBytes }: { readonly answerBytes: number }) {
  const codes: status[] = [];
  const log = createMemoryLog();
  const server = createGrpcServer({
    ...{ name: 'test', address: '127.0.0.1:0', log, maxReceiveBytes: MAX_BYTES },
    onCall: ({ code }) => codes.push(code),
  });
  cleanups.push(() => server.stop?.(AbortSignal.abort()));
  server.add(AggregatedDiscoveryService, {
    async *streamAggregatedResources(requests) {
      for await (const _ of requests) yield { versionInfo: 'x'.repeat(answerBytes) };
    },
  });
  server.add(AccessLogService, {
    async streamAccessLogs(messages) {
      for await (const _ of messages);
      return {};
    },
  });
  server.add(IstioCertificateService, { createCertificate: async () => ({}) });
  await server.start?.();
  const channel = createChannel({ address: `127.0.0.1:${server.port()}` });
  cleanups.push(channel.close);
  return { channel, codes, log };
}

type Sent = {
  readonly path: string;
  readonly messages: readonly Buffer[];
};

/** Sends bytes as they are and never says that they were the last; returns the status of the call. */
async function send(serving: Awaited<ReturnType<typeof serve>>, { path, messages }: Sent) {
  const ended = Promise.withResolvers<StatusObject>();
  const bytes = (message: Buffer): Buffer => message;
  const call = serving.channel.client.makeBidiStreamRequest(path, bytes, bytes, new Metadata());
  call.on('status', ended.resolve);
  call.on('error', () => {});
  call.resume();
  for (const message of messages) call.write(message);
  return ended.promise;
}

const request = (bytes: number): Buffer =>
  Buffer.from(
    toBinary(DiscoveryRequestSchema, create(DiscoveryRequestSchema, { typeUrl: 'x'.repeat(bytes) })),
  );
const requests = (count: number, bytes: number): Buffer[] =>
  Array.from({ length: count }, () => request(bytes));

describe('a request that cannot be read', () => {
  it.each([
    ['alone', [NOT_PROTOBUF], status.INTERNAL],
    ['behind one that is being answered', [request(10), NOT_PROTOBUF], status.INTERNAL],
    ['behind many small ones', [...requests(50, 10), NOT_PROTOBUF], status.INTERNAL],
    ['behind more than the transport buffers', [...requests(5, 20_000), NOT_PROTOBUF], status.INTERNAL],
    ['before others', [request(10), NOT_PROTOBUF, ...requests(50, 1000)], status.INTERNAL],
    ['twice', [request(10), NOT_PROTOBUF, NOT_PROTOBUF], status.INTERNAL],
    ['because it is too large', [...requests(5, 1000), TOO_LARGE], status.RESOURCE_EXHAUSTED],
  ])('%s ends the stream with its status, however much is being answered', async (_what, messages, code) => {
    for (const answerBytes of [1, 30_000, 500_000]) {
      const serving = await serve({ answerBytes });
      expect(await send(serving, { path: STREAM, messages })).toMatchObject({ code });
      await expect.poll(() => serving.codes).toEqual([code]);
      expect(serving.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
    }
  });

  it('ends a collecting stream and a single call', async () => {
    const serving = await serve({ answerBytes: 1 });
    const logs = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs';
    const certificate = '/istio.v1.auth.IstioCertificateService/CreateCertificate';
    const messages = [Buffer.alloc(0), NOT_PROTOBUF];
    expect(await send(serving, { path: logs, messages })).toMatchObject({ code: status.INTERNAL });
    await expect.poll(() => serving.codes).toEqual([status.INTERNAL]);
    expect(await send(serving, { path: certificate, messages: [NOT_PROTOBUF] })).toMatchObject({
      code: status.INTERNAL,
    });
  });
});
