import { describe, expect, it } from 'vitest';
import type { ParseOptions } from './documents.ts';
import { parseDocuments } from './documents.ts';

const parse = (text: string, options: Partial<ParseOptions> = {}) =>
  parseDocuments(text, { file: 'a.yaml', ...options });

const found = (text: string, options: Partial<ParseOptions> = {}) =>
  parse(text, options).issues.map(
    (issue) => `${issue.origin?.line} ${issue.code} ${issue.path}: ${issue.message}`,
  );

const named = (text: string) =>
  parse(text).objects.map((each) => `${each.kind} ${each.namespace}/${each.name}`);

const rule = (name: string, spec: string): string => `apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata:
  name: ${name}
spec:
${spec}
`;

describe('parseDocuments', () => {
  it('reads many documents, with the place of each', () => {
    const file = parse(`# a comment\n---\n${rule('a', '  host: a')}---\n${rule('b', '  host: b')}`);
    expect(file.issues).toEqual([]);
    expect(file.objects.map((each) => [each.name, each.namespace, each.origin])).toEqual([
      ['a', 'default', { file: 'a.yaml', line: 3 }],
      ['b', 'default', { file: 'a.yaml', line: 10 }],
    ]);
  });

  it('reads lists and JSON', () => {
    const object = {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'DestinationRule',
      metadata: { name: 'a', namespace: 'shop' },
      spec: { host: 'a', traffic_policy: { loadBalancer: { simple: 'RANDOM' } } },
    };
    expect(named(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [object] }))).toEqual([
      'DestinationRule shop/a',
    ]);
  });

  it('gives equal content equal versions, whatever the order of its keys', () => {
    const version = (labels: string) =>
      parse(rule('a', `  host: a\n  subsets:\n  - name: v1\n    labels: ${labels}`)).objects[0]?.version;
    expect(version('{a: "1", b: "2"}')).toBe(version('{b: "2", a: "1"}'));
    expect(version('{a: "1", b: "2"}')).not.toBe(version('{a: "1", b: "3"}'));
  });

  it('keeps the neighbours of broken documents', () => {
    const text = `${rule('a', '  host: a')}---\nkind: "unclosed\n---\n${rule('b', '  host: [')}---\n${rule('c', '  host: c')}`;
    expect(named(text)).toEqual(['DestinationRule default/a', 'DestinationRule default/c']);
    const file = parse(text);
    expect(file.parsed.map((each) => each.resource?.name)).toEqual(['a', undefined, 'b', 'c']);
    expect(file.hasUnreadable).toBe(true);
    expect(file.issues.map((issue) => issue.code)).toContain('QTT1001');
  });

  it('names unknown fields with path and line and what was meant', () => {
    const spec = '  host: a\n  trafficPolicy:\n    loadBalancr:\n      simple: RANDOM\n  nonsense: 1';
    expect(found(rule('a', spec))).toEqual([
      '8 IST0106 spec.trafficPolicy.loadBalancr: unknown field "loadBalancr" in TrafficPolicy; did you mean "loadBalancer"?',
      '10 IST0106 spec.nonsense: unknown field "nonsense" in DestinationRule',
    ]);
  });

  it.each([
    ['  host: 3', '6 IST0106 spec.host: expected a string, found the number 3'],
    ['  host: [a]', '6 IST0106 spec.host: expected a string, found a list'],
    ['  subsets: {}', '6 IST0106 spec.subsets: expected a list, found a map'],
    [
      '  subsets: [a]',
      '6 IST0106 spec.subsets[0]: expected a map with the fields of Subset, found the string "a"',
    ],
    [
      '  subsets: [null]',
      '6 IST0106 spec.subsets[0]: expected a map with the fields of Subset, found nothing (null)',
    ],
    [
      '  subsets:\n  - labels:\n      version: 1',
      '8 IST0106 spec.subsets[0].labels.version: expected a string, found the number 1',
    ],
    [
      '  trafficPolicy: {loadBalancer: {simple: RANDON}}',
      '6 IST0106 spec.trafficPolicy.loadBalancer.simple: expected one of ROUND_ROBIN, LEAST_CONN, RANDOM, PASSTHROUGH, UNSPECIFIED, LEAST_REQUEST, found the string "RANDON"; did you mean RANDOM?',
    ],
    [
      '  trafficPolicy: {connectionPool: {tcp: {connectTimeout: 5}}}',
      '6 IST0106 spec.trafficPolicy.connectionPool.tcp.connectTimeout: expected a duration such as "1.5s", found the number 5',
    ],
    [
      '  trafficPolicy: {connectionPool: {tcp: {maxConnections: 3000000000}}}',
      '6 IST0106 spec.trafficPolicy.connectionPool.tcp.maxConnections: expected a whole number of 32 bits, found the number 3000000000',
    ],
    [
      '  trafficPolicy: {load_balancer: {}, loadBalancer: {}}',
      '6 IST0106 spec.trafficPolicy.loadBalancer: the field is set twice, as load_balancer and as loadBalancer',
    ],
    [
      '  trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {}}}',
      '6 IST0106 spec.trafficPolicy.loadBalancer.consistentHash: only one of simple, consistentHash may be set, found simple and consistentHash',
    ],
  ])('reports %j', (spec, expected) => {
    expect(found(rule('a', spec))).toEqual([expected]);
  });

  it('accepts both spellings, numbers of enums, numbers in strings, null for nothing, and durations', () => {
    const spec = `  host: a
  export_to: ["*"]
  subsets: null
  trafficPolicy:
    load_balancer: {simple: 2}
    outlierDetection: {consecutiveErrors: "5", interval: 1m30s, baseEjectionTime: 0.5s}`;
    expect(found(rule('a', spec))).toEqual([]);
  });

  it.each([
    ['kind: VirtualService', '1 QTT1002 apiVersion: expected a group and version, found none'],
    ['apiVersion: networking.istio.io/v1alpha3', '1 QTT1002 kind: expected the name of a kind, found none'],
    [
      'apiVersion: networking.istio.io/v1alpha3\nkind: VirtualServce',
      '2 QTT1002 kind: "VirtualServce" is not a kind of networking.istio.io; did you mean VirtualService?',
    ],
    [
      'apiVersion: networking.istio.io/v7\nkind: VirtualService',
      '1 QTT1002 apiVersion: expected networking.istio.io/v1alpha3, networking.istio.io/v1beta1, networking.istio.io/v1 for VirtualService, found "networking.istio.io/v7"',
    ],
    [
      'apiVersion: networkin.istio.io/v1alpha3\nkind: VirtualService',
      '1 QTT1002 apiVersion: "networkin.istio.io/v1alpha3" has no kind "VirtualService" that is known here; did you mean networking.istio.io?',
    ],
    ['- a', '1 QTT1002 : expected an object with apiVersion and kind, found a list'],
    ['just text', '1 QTT1002 : expected an object with apiVersion and kind, found the string "just text"'],
  ])('reports %j', (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it('skips foreign objects, or reports them', () => {
    const text = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n';
    expect(found(text)).toEqual([]);
    expect(found(text, { foreign: 'report' })).toHaveLength(1);
  });

  it('refuses a second object of the same name', () => {
    const text = `${rule('a', '  host: a')}---\n${rule('a', '  host: b')}`;
    expect(found(text)).toEqual(['8 QTT1004 : DestinationRule default/a stands already in a.yaml:1']);
    expect(parse(text).objects).toHaveLength(1);
  });

  it('checks metadata', () => {
    const text = (metadata: string) =>
      rule('a', '  host: a').replace('metadata:\n  name: a', `metadata: ${metadata}`);
    expect(found(text('{name: A_b}'))[0]).toMatch(/^3 QTT1003 metadata.name: /);
    expect(found(text('{}'))[0]).toMatch(/^3 QTT1003 metadata.name: expected .* found none/);
    expect(found(text('{name: a, lables: {}}'))).toEqual([
      '3 QTT1003 metadata.lables: unknown field "lables"; did you mean "labels"?',
    ]);
    expect(found(text('{name: a, labels: {version: 1}}'))[0]).toMatch(
      /metadata.labels.version: expected a string/,
    );
    expect(parse(text('{name: a, creationTimestamp: "2020-01-31T12:00:00Z"}')).objects[0]?.createTime).toBe(
      1580472000000,
    );
  });

  it('reports unknown fields beside spec', () => {
    expect(found(rule('a', '  host: a').replace('spec:', 'specs:'))).toEqual([
      '5 IST0106 specs: unknown field "specs"; did you mean "spec"?',
    ]);
  });

  it('takes a spec that is missing or null for an empty one', () => {
    const policy =
      'apiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\nmetadata: {name: deny-all}\n';
    for (const text of [policy, `${policy}spec:\n`, `${policy}spec: {}\n`]) {
      expect(found(text)).toEqual([]);
      expect(named(text)).toEqual(['AuthorizationPolicy default/deny-all']);
    }
  });

  it('reads lines that end as on Windows, and a byte order mark', () => {
    const text = `\ufeff${rule('a', '  host: a')}---\n${rule('b', '  host: b')}`.replaceAll('\n', '\r\n');
    expect(found(text)).toEqual([]);
    expect(parse(text).objects).toMatchObject([{ spec: { host: 'a' } }, { spec: { host: 'b' } }]);
  });

  it('refuses what is no text, and keeps the documents beside it', () => {
    const utf16 = Buffer.from(`\ufeff${rule('a', '  host: a')}`, 'utf16le').toString('utf8');
    expect(found(utf16)).toEqual([
      '1 QTT1001 : the control character U+0000 cannot stand in YAML or JSON: expected text in UTF-8',
    ]);
    const beside = `${rule('a', '  host: "a\u0007"')}---\n${rule('b', '  host: b')}`;
    expect(found(beside)).toEqual([
      '6 QTT1001 : the control character U+0007 cannot stand in YAML or JSON: expected text in UTF-8',
    ]);
    expect(parse(beside).parsed[0]?.resource).toMatchObject({ kind: 'DestinationRule', name: 'a' });
    expect(named(beside)).toEqual(['DestinationRule default/b']);
  });

  it('refuses tags of other types', () => {
    expect(found(rule('a', '  host: !foo a'))[0]).toMatch(/^6 QTT1001 : /);
    expect(found(rule('a', '  host: !!binary aGk='))[0]).toMatch(/^6 QTT1001 : /);
  });

  it('bounds what aliases blow up, depth, and length', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg']) {
      bomb.push(
        `${to}: &${to} [*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from}]`,
      );
    }
    expect(found(bomb.join('\n'))[0]).toMatch(/QTT1001 : more than 200000 values, aliases counted/);
    expect(found('a: &a\n  b: *a\n')[0]).toMatch(/QTT1001/);
    expect(found(`${'['.repeat(100)}${']'.repeat(100)}`)[0]).toMatch(/levels deep/);
    const limits = { maxTextLength: 10, maxNodes: 10, maxDepth: 10 };
    expect(found('a: bcdefghijk', { limits })[0]).toMatch(/the text has 13 characters, at most 10 are read/);
  });

  it('finds what aliases stand for once, however often they are met', () => {
    const doubling = Array.from({ length: 200 }, (_, index) =>
      index === 0 ? 'a0: &a0 [x]' : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
    );
    const before = process.threadCpuUsage();
    expect(found(doubling.join('\n'))[0]).toMatch(/more than 200000 values, aliases counted/);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2000);
    const again = 'a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: *y\n';
    expect(found(`apiVersion: v1\n${again}`)[0]).toMatch(/the alias \*y has no anchor/);
  });

  it('honours anchors and merge keys', () => {
    const spec =
      '  host: a\n  trafficPolicy: &p {loadBalancer: {simple: RANDOM}}\n  subsets:\n  - name: v1\n    trafficPolicy: {<<: *p}';
    expect(found(rule('a', spec))).toEqual([]);
  });

  it('lets no key reach a prototype', () => {
    expect(found('__proto__: {apiVersion: x}')[0]).toBe('1 QTT1001 : the key "__proto__" is not allowed');
    const spec = '  host: a\n  constructor: {}';
    expect(found(rule('a', spec))[0]).toMatch(/unknown field "constructor"/);
  });

  it('reports a key that stands twice', () => {
    expect(found('a: 1\na: 2')[0]).toBe('2 QTT1001 : the key "a" stands twice in one map');
  });

  it('reads `mtls` without a value as mutual TLS with its defaults', () => {
    const text = `apiVersion: authentication.istio.io/v1alpha1
kind: Policy
metadata: {name: default}
spec:
  peers:
  - mtls:
`;
    expect(parse(text).objects[0]?.spec).toMatchObject({
      peers: [{ params: { case: 'mtls', value: { mode: 0 } } }],
    });
  });

  it('decodes Structs', () => {
    const text = `apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: h}
spec:
  compiledAdapter: listchecker
  params: {overrides: [a, 1, 1.5, true, null], blacklist: false}
`;
    expect(parse(text).objects[0]?.spec).toMatchObject({
      compiledAdapter: 'listchecker',
      params: { overrides: ['a', 1, 1.5, true, null], blacklist: false },
    });
  });
});
