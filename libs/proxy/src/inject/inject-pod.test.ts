import { readFileSync } from 'node:fs';
import { fromJsonString, type JsonObject, type JsonValue } from '@bufbuild/protobuf';
import { meshConfigWithDefaults } from '@quintet/model';
import { BootstrapSchema } from '@quintet/proto/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyPatch } from '../json-patch/apply.ts';
import { diffJson } from '../json-patch/diff.ts';
import { decide } from './decide.ts';
import { type Injection, injectPod } from './inject-pod.ts';
import { readSettings } from './inject-values.ts';
import { isJsonObject, listAt, objectAt, textAt } from './json-shape.ts';
import { readPod } from './pod.ts';

const CASES = ['injects-a-plain-pod', 'injects-with-annotations', 'injects-transparently', 'rewrites-probes'];

const folder = (name: string) => new URL(`../../testdata/${name}/`, import.meta.url);
const input = (name: string): JsonValue => parse(readFileSync(new URL('in.yaml', folder(name)), 'utf8'));

function inject(json: JsonValue): Injection {
  const read = readPod(json);
  const { settings } = readSettings('', meshConfigWithDefaults());
  if (!read.ok || settings === undefined) throw new Error('the input of the case is broken');
  const injectedAnnotations = { 'example.com/injected': 'yes' };
  return injectPod({ pod: read.pod, namespace: 'shop', settings, version: 'v', injectedAnnotations });
}

function injected(json: JsonValue): JsonObject {
  const result = inject(json);
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.pod;
}

function proxyOf(pod: JsonObject): JsonObject {
  const containers = listAt(objectAt(pod, 'spec'), 'initContainers').filter(isJsonObject);
  const proxy = containers.find((one) => textAt(one, 'name') === 'istio-proxy');
  if (proxy === undefined) throw new Error('no proxy was injected');
  return proxy;
}

/** The bootstrap as Envoy gets it: with the replacements that the kubelet makes. */
function bootstrapOf(pod: JsonObject): string {
  const env: Record<string, string> = {
    POD_NAME: 'web-1',
    POD_NAMESPACE: 'shop',
    INSTANCE_IP: '10.0.0.7',
    SERVICE_ACCOUNT: 'web',
  };
  const args = listAt(proxyOf(pod), 'args');
  const text = String(args[args.indexOf('--config-yaml') + 1]);
  return text.replace(/\$\$|\$\(([A-Z_]+)\)/g, (all, name) => (all === '$$' ? '$' : (env[name] ?? all)));
}

describe('injectPod', () => {
  it.each(CASES)('%s', async (name) => {
    const pod = injected(input(name));
    const text = stringify(withReadableBootstrap(pod), { lineWidth: 0, aliasDuplicateObjects: false });
    await expect(text).toMatchFileSnapshot(new URL('injected.yaml', folder(name)).pathname);
  });

  it.each(CASES)('%s with a bootstrap that Envoy’s schema knows', (name) => {
    const text = bootstrapOf(injected(input(name)));
    const bootstrap = fromJsonString(BootstrapSchema, text, { registry: envoyRegistry });
    expect(bootstrap.node?.id).toBe('sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local');
    expect(text).not.toMatch(/\$\(|\$\$/);
  });

  it.each(CASES)('%s by a patch that leads to the same pod', (name) => {
    const before = input(name);
    const after = injected(before);
    expect(applyPatch(before, diffJson(before, after))).toEqual(after);
  });

  it('leaves an injected pod alone', () => {
    const pod = readPod(injected(input('injects-a-plain-pod')));
    if (!pod.ok) throw new Error('the result cannot be read');
    const policy = { policy: 'enabled', neverInjectSelector: [], alwaysInjectSelector: [] } as const;
    const decision = decide({ pod: pod.pod, namespace: 'shop', systemNamespace: 'istio-system', policy });
    expect(decision).toMatchObject({ inject: false, reason: 'already-injected' });
  });

  it('gives the same for the same, and leaves its argument alone', () => {
    const pod = input('rewrites-probes');
    const before = JSON.stringify(pod);
    expect(JSON.stringify(injected(pod))).toBe(JSON.stringify(injected(structuredClone(pod))));
    expect(JSON.stringify(pod)).toBe(before);
  });

  it('keeps dollar signs of the user', () => {
    const annotations = { 'sidecar.istio.io/statsInclusionRegexps': 'a$$,$(POD_NAME)' };
    const pod = injected({ metadata: { annotations }, spec: { containers: [{ name: 'app' }] } });
    const { statsConfig } = fromJsonString(BootstrapSchema, bootstrapOf(pod), { registry: envoyRegistry });
    expect(JSON.stringify(statsConfig)).toContain('"a$$"');
    expect(JSON.stringify(statsConfig)).toContain('"$(POD_NAME)"');
  });

  it.each([
    [{ containers: [{ name: 'istio-proxy' }] }, 'spec.containers'],
    [{ containers: [{ name: 'app' }], volumes: [{ name: 'istio-token' }] }, 'spec.volumes'],
  ])('refuses a pod that has the names of what is added: %j', (spec, path) => {
    expect(inject({ metadata: {}, spec })).toMatchObject({ ok: false, findings: [{ path }] });
  });

  it('refuses annotations that are not understood', () => {
    const annotations = { 'status.sidecar.istio.io/port': 'many' };
    const result = inject({ metadata: { annotations }, spec: { containers: [{ name: 'app' }] } });
    expect(result).toEqual({
      ok: false,
      findings: [
        {
          path: 'metadata.annotations["status.sidecar.istio.io/port"]',
          message: 'found "many", expected a port from 0 to 65535',
        },
      ],
    });
  });
});

/** For the golden: the bootstrap has goldens of its own, and one line of it tells nothing to a reader. */
function withReadableBootstrap(pod: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(pod), (_, value) =>
    typeof value === 'string' && value.startsWith('{"node"')
      ? JSON.stringify(JSON.parse(value), null, 1)
      : value,
  );
}
