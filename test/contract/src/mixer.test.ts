import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Authorization } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import type { CompressedAttributesSchema } from '@quintet/proto/istio/mixer/v1/attributes_pb.js';
import {
  Mixer,
  ReportRequest_RepeatedAttributesSemantics as Semantics,
} from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { type Channel, createChannel, createClient } from '@quintet/runtime';
import { eventually, freePort, makeTempDir } from '@quintet/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startClassicGalley } from './classic-galley.ts';
import { type RunningService, serve } from './run-quintet.ts';

const CONFIGURATION = `apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: denyall, namespace: istio-system}
spec: {compiledAdapter: denier, params: {status: {code: 7, message: Not allowed}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: denyrequest, namespace: istio-system}
spec: {compiledTemplate: checknothing}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec:
  match: (source.name | "") == "bad" || request.path == "/forbidden"
  actions: [{handler: denyall, instances: [denyrequest]}]
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: count, namespace: istio-system}
spec:
  compiledTemplate: metric
  params:
    value: "1"
    dimensions: {path: 'request.path | "unknown"', source: 'source.name | "unknown"'}
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: prometheus, namespace: istio-system}
spec:
  compiledAdapter: prometheus
  params:
    metrics:
    - {name: seen_total, instance_name: count.instance.istio-system, kind: COUNTER, label_names: [path, source]}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: count, namespace: istio-system}
spec: {actions: [{handler: prometheus, instances: [count]}]}
`;

/** Indices of the words that both sides know without sending them. */
const SOURCE_NAME = 2;
const REQUEST_PATH = 17;
const WORDS = 222;

/** A string attribute as a classic proxy sends it: a known name, and the n-th word of the message. */
const word = (n: number): number => -(n + 1);

const SOURCES = {
  'files, as fs:///directory': async () => {
    const temp = await makeTempDir();
    await writeFile(join(temp.path, 'all.yaml'), CONFIGURATION);
    return { url: `fs://${temp.path}`, stop: temp.remove };
  },
  'a classic galley': async () => {
    const galley = await startClassicGalley(CONFIGURATION);
    return { url: `mcp://127.0.0.1:${galley.port}`, stop: galley.stop };
  },
};

describe.each(Object.entries(SOURCES))('mixer on its own, fed by %s', (_, start) => {
  let source: Awaited<ReturnType<typeof start>>;
  let mixer: RunningService;
  let channel: Channel;
  let metricsPort: number;

  beforeAll(async () => {
    source = await start();
    metricsPort = await freePort();
    const port = await freePort();
    mixer = await serve('mixer', [
      ...['--insecure', '--address', 'tcp://127.0.0.1:9091', '--port', String(port)],
      ...['--metrics-address', `127.0.0.1:${metricsPort}`, '--configStoreURL', source.url],
      ...['--configDefaultNamespace=istio-system', '--useAdapterCRDs=false', '--apiWorkerPoolSize', '16'],
    ]);
    await mixer.ready();
    channel = createChannel({ address: `127.0.0.1:${port}` });
  });
  afterAll(async () => {
    channel?.close();
    expect(await mixer?.stop()).toBe(0);
    await source?.stop();
  });

  const check = (attributes: MessageInitShape<typeof CompressedAttributesSchema>) =>
    createClient(Mixer, channel).check({ globalWordCount: WORDS, attributes }, { timeoutMs: 5000 });

  it('answers checks by the dictionary and says what the answer depends on', async () => {
    const refused = await check({ words: ['bad'], strings: { [SOURCE_NAME]: word(0) } });
    expect(refused.precondition?.status).toMatchObject({ code: 7 });
    expect(refused.precondition?.status?.message).toContain('Not allowed');
    const matches = refused.precondition?.referencedAttributes?.attributeMatches;
    expect(matches).toContainEqual(expect.objectContaining({ name: SOURCE_NAME }));

    const path = { words: ['good', '/'], strings: { [SOURCE_NAME]: word(0), [REQUEST_PATH]: word(1) } };
    expect((await check(path)).precondition?.status?.code ?? 0).toBe(0);
  });

  it('refuses a dictionary that is longer than its own', async () => {
    const request = { globalWordCount: WORDS + 1, attributes: { words: [], strings: {} } };
    await expect(createClient(Mixer, channel).check(request, { timeoutMs: 5000 })).rejects.toThrow(
      /inconsistent global dictionary/,
    );
  });

  it('takes reports whose later bags are changes of the first', async () => {
    await createClient(Mixer, channel).report(
      {
        globalWordCount: WORDS,
        defaultWords: ['/a', 'client', '/b'],
        repeatedAttributesSemantics: Semantics.DELTA_ENCODING,
        attributes: [
          { strings: { [REQUEST_PATH]: word(0), [SOURCE_NAME]: word(1) } },
          { strings: { [REQUEST_PATH]: word(2) } },
        ],
      },
      { timeoutMs: 5000 },
    );
    const metrics = await eventually(async () => {
      const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return text.includes('path="/b"') && text;
    });
    expect(metrics).toContain('seen_total{path="/a",source="client"} 1');
    expect(metrics).toContain('seen_total{path="/b",source="client"} 1');
  });

  it('answers ext_authz', async () => {
    const ask = (path: string) =>
      createClient(Authorization, channel).check(
        { attributes: { request: { http: { method: 'GET', path, host: 'reviews' } } } },
        { timeoutMs: 5000 },
      );
    expect((await ask('/forbidden')).httpResponse).toMatchObject({
      case: 'deniedResponse',
      value: { status: { code: 403 }, body: expect.stringContaining('Not allowed') },
    });
    expect((await ask('/')).status?.code ?? 0).toBe(0);
  });
});
