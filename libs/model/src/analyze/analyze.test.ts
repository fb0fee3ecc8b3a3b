import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../decode/documents.ts';
import { formatIssue } from '../format-issue.ts';
import { KINDS } from '../kinds/kinds.ts';
import { NATIVE_KINDS } from '../native/native-kinds.ts';
import { analyze } from './analyze.ts';
import { found } from './analyzer.ts';
import { ANALYZERS } from './analyzers.ts';
import { analyzeText, object, service, TEST_NOW } from './testing-analysis.ts';
import { assembleWorld, type WorldSource } from './world/assemble-world.ts';

const sourceOf = (text: string, file: string): WorldSource => {
  return { parsed: parseDocuments(text, { file, native: 'decode' }).parsed, complete: false };
};
const ROUTE = object(
  'VirtualService',
  'shop/a',
  '{hosts: [a], http: [{route: [{destination: {host: gone}}]}]}',
);

describe('analyze', () => {
  it('takes objects of every kind that say nothing, and names that are none', () => {
    const written = KINDS.filter((kind) => kind.written).map(
      ({ group, versions, kind }) => `apiVersion: ${group}/${versions[0]}\nkind: ${kind}\n`,
    );
    const native = NATIVE_KINDS.map(
      ({ group, versions, kind }) =>
        `apiVersion: ${group === '' ? '' : `${group}/`}${versions[0]}\nkind: ${kind}\n`,
    );
    const empty = [...written, ...native].map((head) => `${head}metadata: {name: a, namespace: b}\n`);
    const odd = [
      object(
        'VirtualService',
        'b/v',
        '{hosts: ["", "*."], gateways: ["", "/", a/b/c], http: [{match: [{}, {uri: {}}]}, {route: [{}]}, {mirror: {}}], tls: [{}], tcp: [{}]}',
      ),
      object('Gateway', 'b/v', '{servers: [{}, {hosts: ["/", ""], tls: {}}]}'),
      object('Sidecar', 'b/v', '{egress: [{hosts: ["", "a", "*/"]}]}'),
      object('ServiceEntry', 'b/v', '{hosts: ["", "*"], ports: [{}], endpoints: [{}]}'),
      object(
        'DestinationRule',
        'b/v',
        '{host: "*", subsets: [{}], trafficPolicy: {portLevelSettings: [{}]}}',
      ),
    ];
    const text = [...empty.map((each) => `---\n${each}`), ...odd].join('');
    expect(analyzeText(text, {}, true).length).toBeGreaterThan(0);
  });

  it('finds the same in whatever order objects come', () => {
    const objects = [
      ROUTE,
      ROUTE.replace('name: a', 'name: b'),
      service('shop/a', '[{port: 80}]'),
      object('Sidecar', 'shop/s', '{egress: [{hosts: ["./*"]}]}'),
      object('Sidecar', 'shop/t', '{egress: [{hosts: ["./*"]}]}'),
    ];
    const without = (text: string) =>
      analyzeText(text)
        .map(({ origin: _, ...issue }) => JSON.stringify(issue))
        .toSorted();
    expect(without(objects.join(''))).toEqual(without(objects.toReversed().join('')));
  });

  it('runs the analysers that it is given, and others besides', () => {
    const { world } = assembleWorld({ sources: [sourceOf(ROUTE, 'a')], now: TEST_NOW });
    const own = {
      name: 'test',
      summary: '',
      codes: ['IST0101'],
      analyze: () =>
        world.objects.map((subject) => found('IST0101', { subject, path: 'spec.hosts[0]' }, ['x', 'y'])),
    } as const;
    expect(analyze(world, { analyzers: [own] })).toEqual([
      {
        code: 'IST0101',
        severity: 'error',
        resource: { kind: 'VirtualService', namespace: 'shop', name: 'a' },
        path: 'spec.hosts[0]',
        message: 'Referenced x not found: "y"',
        origin: { file: 'a', line: 5 },
      },
    ]);
    expect(analyze(world, { alsoAnalyze: [own] })).toHaveLength(2);
  });

  it('lists each analyser once, with its codes', () => {
    expect(new Set(ANALYZERS.map(({ name }) => name)).size).toBe(ANALYZERS.length);
    expect(ANALYZERS.every(({ codes }) => codes.length > 0)).toBe(true);
  });
});

describe('assembleWorld', () => {
  it('takes the first source that has an object, and says what one source has twice', () => {
    const files = sourceOf(ROUTE, 'files');
    const twice = { ...files, parsed: [...files.parsed, ...sourceOf(ROUTE, 'more').parsed] };
    const { world, issues } = assembleWorld({ sources: [twice, sourceOf(ROUTE, 'cluster')], now: TEST_NOW });
    expect(world.objects.map(({ origin }) => origin?.file)).toEqual(['files']);
    expect(issues.map(({ code, origin }) => [code, origin?.file])).toEqual([['QTT1004', 'more']]);
  });

  it('finds the mesh configuration in the ConfigMap', () => {
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    rootNamespace: root\n`;
    const { world } = assembleWorld({ sources: [sourceOf(map, 'a')], now: TEST_NOW });
    expect(world).toMatchObject({ meshConfigWritten: true, meshConfig: { rootNamespace: 'root' } });
  });

  it('names what is wrong with the mesh configuration and the networks in the ConfigMap, and goes by the defaults', () => {
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n    connectTimeout: 99s\n    foo: 1\n  meshNetworks: |\n    networks: {a: {endpoints: [{}]}}\n`;
    const { world, issues } = assembleWorld({ sources: [sourceOf(map, 'a')], now: TEST_NOW });
    expect(world.meshConfigWritten).toBe(false);
    expect(issues.map(formatIssue)).toEqual([
      'Error [IST0106] (ConfigMap istio.istio-system a:5) Schema validation error: data.mesh.foo: unknown field "foo" in MeshConfig',
      'Error [IST0106] (ConfigMap istio.istio-system a:5) Schema validation error: data.mesh.connectTimeout: expected at most 30s, found 99s',
      'Error [IST0106] (ConfigMap istio.istio-system a:8) Schema validation error: data.meshNetworks.networks.a.endpoints[0]: expected fromCidr or fromRegistry, found neither',
    ]);
  });
});
