import type { MessageInitShape } from '@bufbuild/protobuf';
import { RequestMethod } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import { AccessLogType } from '@quintet/proto/envoy/data/accesslog/v3/accesslog_pb.js';
import {
  AccessLogService,
  type StreamAccessLogsMessageSchema,
} from '@quintet/proto/envoy/service/accesslog/v3/als_pb.js';
import { Authorization } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import { Mixer } from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { createClient, createQueue } from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MixerUnderTest, shippedFile, startMixer } from './testing/mixer-under-test.ts';
import {
  inboundQuestion,
  PRODUCTPAGE,
  REVIEWS,
  REVIEWS_HOST,
  SERVICES,
  socketAddress,
} from './testing/two-services.ts';

/** A log message of one request, as an Envoy sends it first on a stream. */
function logMessage(
  node: string,
  common: Record<string, unknown>,
): MessageInitShape<typeof StreamAccessLogsMessageSchema> {
  return {
    identifier: { node: { id: node }, logName: 'http_mixer' },
    logEntries: {
      case: 'httpLogs',
      value: {
        logEntry: [
          {
            commonProperties: {
              accessLogType: AccessLogType.DownstreamEnd,
              startTime: { seconds: 1_700_000_000n, nanos: 0 },
              duration: { seconds: 0n, nanos: 30_000_000 },
              ...common,
            },
            request: {
              requestMethod: RequestMethod.GET,
              path: '/reviews/1',
              authority: 'reviews:9080',
              requestBodyBytes: 10n,
            },
            response: { responseCode: 200, responseBodyBytes: 200n },
          },
        ],
      },
    },
  };
}

describe('mixer as its clients see it', () => {
  let mixer: MixerUnderTest;
  beforeAll(async () => {
    mixer = await startMixer();
  });
  afterAll(() => mixer.stop());

  const authorization = () => createClient(Authorization, mixer.channel);

  it('lets through what no rule refuses', async () => {
    await mixer.configure(SERVICES);
    const answer = await authorization().check(inboundQuestion());
    expect(answer.httpResponse.case).toBe('okResponse');
  });

  it('refuses with code and message of the denier, and lets through again when the rule is gone', async () => {
    await mixer.configure(SERVICES, shippedFile('deploy/samples/policy/deny.yaml'));
    const denied = await authorization().check(inboundQuestion());
    expect(denied.status?.code).toBe(7);
    expect(denied.httpResponse).toMatchObject({
      case: 'deniedResponse',
      value: { status: { code: 403 }, body: 'PERMISSION_DENIED:denyall.default:Not allowed' },
    });
    await mixer.configure(SERVICES);
    expect((await authorization().check(inboundQuestion())).status?.code ?? 0).toBe(0);
  });

  it('answers 429 after the amount of a quota', async () => {
    const quota = shippedFile('deploy/samples/policy/quota.yaml').replace('maxAmount: 20', 'maxAmount: 2');
    await mixer.configure(SERVICES, quota);
    const bound = inboundQuestion({ 'quintet.quota_specs': 'istio-system/request-count' });
    const codes = [];
    for (let at = 0; at < 3; at++) {
      const { httpResponse } = await authorization().check(bound);
      codes.push(httpResponse.case === 'deniedResponse' ? httpResponse.value.status?.code : 200);
    }
    expect(codes).toEqual([200, 200, 429]);
    expect((await authorization().check(inboundQuestion())).httpResponse.case).toBe('okResponse');
  });

  it('believes the source that its certificate proves', async () => {
    const listed = shippedFile('deploy/samples/policy/whitelist.yaml')
      .replace('"ratings"', '"reviews"')
      .replace('[v1, v2]', '[v1]');
    await mixer.configure(SERVICES, listed);
    expect((await authorization().check(inboundQuestion())).httpResponse.case).toBe('okResponse');
    const forged = inboundQuestion();
    forged.attributes.source.principal = REVIEWS.spiffeId;
    expect((await authorization().check(forged)).httpResponse).toMatchObject({
      value: {
        status: { code: 403 },
        body: 'PERMISSION_DENIED:whitelist.default:unknown is not whitelisted',
      },
    });
  });

  it('answers istio.mixer.v1 with references in the words of the caller', async () => {
    await mixer.configure(SERVICES, shippedFile('deploy/samples/policy/deny.yaml'));
    const mixerClient = createClient(Mixer, mixer.channel);
    const answer = await mixerClient.check({
      globalWordCount: 222,
      attributes: { words: ['kubernetes://reviews-v3.default', 'default'], strings: { 154: -1, 155: -2 } },
    });
    expect(answer.precondition).toMatchObject({
      status: { code: 7, message: 'denyall.default:Not allowed' },
      validUseCount: 1000,
    });
    expect(answer.precondition?.validDuration?.seconds).toBe(5n);
    const matches = answer.precondition?.referencedAttributes?.attributeMatches ?? [];
    expect(matches.map(({ name, mapKey }) => [name, mapKey])).toContainEqual([156, expect.any(Number)]);
    await expect(mixerClient.check({ globalWordCount: 223 })).rejects.toThrow(
      /mixer knows 222 words, caller knows 223/,
    );
  });

  it('counts requests at both ends with the workloads of both', async () => {
    await mixer.configure(SERVICES, shippedFile('deploy/local/config/mixer-telemetry.yaml'));
    expect(mixer.app.runtime.current()?.table.issues).toEqual([]);
    const client = createClient(AccessLogService, mixer.channel);
    const service = {
      'destination.service.host': REVIEWS_HOST,
      'destination.service.name': 'reviews',
    };
    await send(client, [
      logMessage(REVIEWS.nodeId, {
        downstreamDirectRemoteAddress: socketAddress(PRODUCTPAGE.ip),
        tlsProperties: {
          peerCertificateProperties: {
            subjectAltName: [{ san: { case: 'uri', value: PRODUCTPAGE.spiffeId } }],
          },
        },
        customTags: { 'context.reporter.kind': 'inbound', ...service },
      }),
    ]);
    await send(client, [
      logMessage(PRODUCTPAGE.nodeId, {
        upstreamRemoteAddress: socketAddress(REVIEWS.ip, 9080),
        customTags: { 'context.reporter.kind': 'outbound', ...service },
      }),
    ]);
    const lines = await eventually(async () => {
      const found = (await mixer.meshMetrics())
        .split('\n')
        .filter((line) => line.startsWith('istio_requests_total{'));
      return found.length === 2 && found;
    });
    const [destination = '', source = ''] = lines;
    expect(destination).toContain('reporter="destination",source_workload="productpage-v1"');
    expect(destination).toContain('source_version="v1",destination_workload="reviews-v3"');
    expect(destination).toContain('connection_security_policy="mutual_tls"} 1');
    expect(source).toContain('reporter="source",source_workload="productpage-v1"');
    expect(source).toContain(
      'destination_app="reviews",destination_version="v3",destination_service="reviews.default.svc.cluster.local"',
    );
    expect(source).toMatch(/connection_security_policy="unknown"} 1$/);
    const text = await mixer.meshMetrics();
    expect(text).toContain('istio_request_duration_seconds_bucket{');
    expect(text).toMatch(/istio_response_bytes_sum\{[^}]*reporter="source"[^}]*\} 200/);
  });

  it('keeps working rules when others are broken, and says what is wrong', async () => {
    const broken = `
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: broken, namespace: istio-system }
spec: { match: request.path == 5, actions: [{ handler: nobody, instances: [nothing] }] }
`;
    await mixer.configure(SERVICES, shippedFile('deploy/samples/policy/deny.yaml'), broken);
    expect((await authorization().check(inboundQuestion())).status?.code).toBe(7);
    expect(mixer.app.runtime.current()?.table.issues).toMatchObject([
      {
        path: 'spec.match',
        message: expect.stringContaining('typeError got INT64, expected STRING'),
        origin: { file: 'test.yaml' },
      },
    ]);
    expect(await mixer.ownMetrics()).toContain('mixer_config_rule_config_match_error_total 1');
  });
});

async function send(
  client: ReturnType<typeof createClient<typeof AccessLogService>>,
  messages: readonly MessageInitShape<typeof StreamAccessLogsMessageSchema>[],
): Promise<void> {
  const queue = createQueue<MessageInitShape<typeof StreamAccessLogsMessageSchema>>();
  for (const message of messages) queue.push(message);
  queue.end();
  await client.streamAccessLogs(queue);
}
