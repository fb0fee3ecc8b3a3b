import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { IstioCertificateService } from '@quintet/proto/istio/v1/auth/certificate_pb.js';
import { describe, expect, it } from 'vitest';
import { createChannel, createClient } from '../grpc/client.ts';
import { createGrpcServer } from '../grpc/server.ts';
import { silentLog } from '../log/log.ts';
import { formatTraceParent, parseTraceParent } from './trace-parent.ts';
import { startTracing } from './tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const HEADER = `00-${TRACE}-b7ad6b7169203331-01`;

describe('a traceparent', () => {
  it('is read and written', () => {
    const context = parseTraceParent(HEADER);
    expect(context).toMatchObject({ traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 });
    expect(context && formatTraceParent(context)).toBe(HEADER);
    expect(parseTraceParent(HEADER.replace('00', '42').concat('-more'))).toMatchObject({ traceId: TRACE });
  });

  it.each([
    '',
    'x',
    `${HEADER}-more`,
    HEADER.replace('00', 'ff'),
    HEADER.toUpperCase(),
    HEADER.replace(TRACE, '0'.repeat(32)),
  ])('%j is none', (header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});

type Sent = { name: string; traceId: string; spanId: string; parentSpanId?: string };

/** An OTLP receiver that keeps what it is sent. */
async function startReceiver() {
  const spans: Sent[] = [];
  let text = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      text = Buffer.concat(chunks).toString();
      for (const { scopeSpans } of JSON.parse(text).resourceSpans) {
        for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { spans, text: () => text, endpoint: `http://127.0.0.1:${port}`, close: () => server.close() };
}

describe('calls', () => {
  it('are traced from the caller through a service to the next', async () => {
    const receiver = await startReceiver();
    const tracing = startTracing({ service: 'demo', version: '1', endpoint: receiver.endpoint });
    const start = async (next?: () => Promise<unknown>) => {
      const server = createGrpcServer({ name: 'x', address: '127.0.0.1:0', log: silentLog });
      server.add(IstioCertificateService, {
        createCertificate: async () => {
          await next?.();
          return {};
        },
      });
      await server.start?.();
      const channel = createChannel({ address: `127.0.0.1:${server.port()}` });
      return { server, channel, client: createClient(IstioCertificateService, channel) };
    };
    const back = await start();
    const front = await start(() => back.client.createCertificate({}));
    const metadata = new Metadata();
    metadata.set('traceparent', HEADER);
    await front.client.createCertificate({}, { metadata });
    for (const { server, channel } of [front, back]) {
      channel.close();
      await server.stop?.(AbortSignal.abort());
    }
    await tracing.stop();
    receiver.close();
    expect(receiver.text()).toContain('"service.name"');
    // Ended first is sent first: back's server, front's client, front's server, the test's client.
    const [backServer, frontClient, frontServer, client] = receiver.spans;
    expect(receiver.spans).toHaveLength(4);
    expect(backServer?.parentSpanId).toBe(frontClient?.spanId);
    expect(frontClient?.parentSpanId).toBe(frontServer?.spanId);
    expect(frontServer?.parentSpanId).toBe(client?.spanId);
    expect(new Set(receiver.spans.map((span) => span.traceId)).size).toBe(1);
    expect(frontServer?.name).toBe('istio.v1.auth.IstioCertificateService/CreateCertificate');
  });
});
