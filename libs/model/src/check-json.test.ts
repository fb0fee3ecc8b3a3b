import { describe, expect, it } from 'vitest';
import { type CheckOptions, checkJsonObject } from './check.ts';

const check = (json: unknown, options: Partial<CheckOptions> = {}) =>
  checkJsonObject(json, { file: 'admission', ...options });

const found = (json: unknown, options: Partial<CheckOptions> = {}) =>
  check(json, options)?.issues.map(
    ({ severity, code, path, message }) => `${severity} ${code} ${path}: ${message}`,
  );

const rule = (spec: unknown, rest: object = {}) => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'DestinationRule',
  metadata: { name: 'a', namespace: 'shop', managedFields: [], resourceVersion: '7' },
  spec,
  ...rest,
});

describe('checkJsonObject', () => {
  it('reads a good object', () => {
    const parsed = check(rule({ host: 'a' }, { status: { conditions: [] } }));
    expect(parsed?.issues).toEqual([]);
    expect(parsed?.object).toMatchObject({ namespace: 'shop', name: 'a', spec: { host: 'a' } });
  });

  it('refuses what validation refuses, and names the object', () => {
    const parsed = check(rule({ host: 'a', subsets: [{ name: 'A b' }] }));
    expect(parsed?.object).toBeUndefined();
    expect(parsed?.resource).toEqual({ kind: 'DestinationRule', namespace: 'shop', name: 'a' });
    expect(parsed?.issues).toMatchObject([{ severity: 'error', path: 'spec.subsets[0].name' }]);
  });

  it('goes on without the fields that it does not know, and refuses the object nevertheless', () => {
    const json = rule({ host: 'a', hots: 1, subsets: [{ name: 'A b', labls: {} }] }, { sepc: {} });
    const parsed = check({ ...json, metadata: { ...json.metadata, lables: {} } });
    expect(parsed?.object).toBeUndefined();
    expect(parsed?.issues.map(({ path }) => path)).toEqual([
      'sepc',
      'metadata.lables',
      'spec.hots',
      'spec.subsets[0].labls',
      'spec.subsets[0].name',
    ]);
    const good = check(rule({ host: 'a', hots: 1 }));
    expect([good?.object, good?.issues.length]).toEqual([undefined, 1]);
  });

  it('looks no further where a value could not be read, or the object has no name', () => {
    expect(found(rule({ host: 1, subsets: [{ name: 'A b' }] }))).toHaveLength(1);
    expect(found({ ...rule({ host: 'a', subsets: [{ name: 'A b' }] }), metadata: {} })).toHaveLength(1);
  });

  it('makes unknown fields inside spec warnings when asked, and no others', () => {
    const json = rule({ host: 'a', trafficPolicy: { loadBalancer: { simpel: 'RANDOM' } } }, { sepc: {} });
    expect(found(json)).toEqual([
      'error IST0106 sepc: unknown field "sepc"; did you mean "spec"?',
      'error IST0106 spec.trafficPolicy.loadBalancer.simpel: unknown field "simpel" in LoadBalancerSettings; did you mean "simple"?',
    ]);
    const inside = rule({ host: 'a', hots: 1 });
    expect(found(inside, { unknownFields: 'warning' })).toEqual([
      'warning IST0106 spec.hots: unknown field "hots" in DestinationRule; did you mean "host"?',
    ]);
    expect(check(inside, { unknownFields: 'warning' })?.object).toMatchObject({ spec: { host: 'a' } });
    expect(check(json, { unknownFields: 'warning' })?.object).toBeUndefined();
  });

  it('gives nothing for foreign objects, or reports them', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
    expect(check(pod)).toBeUndefined();
    expect(found(pod, { foreign: 'report' })).toHaveLength(1);
  });

  it.each([
    [null, 'expected an object with apiVersion and kind, found nothing (null)'],
    [[], 'expected an object with apiVersion and kind, found a list'],
    ['x', 'expected an object with apiVersion and kind, found the string "x"'],
    [{ apiVersion: 1, kind: {} }, 'expected a group and version, found none'],
  ])('reports %j', (json, message) => {
    expect(check(json)?.issues).toMatchObject([{ code: 'QTT1002', message }]);
  });

  it('lets no key reach a prototype', () => {
    const evil = JSON.parse(
      '{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"a"},"spec":{"host":"a","__proto__":{"host":"b"}}}',
    );
    expect(found(evil)).toEqual(['error QTT1001 : the key "__proto__" is not allowed']);
    expect(check(evil)?.resource?.name).toBe('a');
    expect(found(rule({ host: 'a', constructor: {} }))).toEqual([
      'error IST0106 spec.constructor: unknown field "constructor" in DestinationRule',
    ]);
    const labelled = rule({ host: 'a', subsets: [{ name: 'v1', labels: { constructor: 'x' } }] });
    expect(check(labelled)?.object).toMatchObject({ spec: { subsets: [{ labels: { constructor: 'x' } }] } });
    expect(check(rule({ toString: 1 }))?.object).toBeUndefined();
  });

  it('refuses halves of characters', () => {
    expect(found(rule({ host: '\ud800' }))).toEqual(['error QTT1001 : a text that is no Unicode: "\\ud800"']);
    expect(found(rule({ host: 'a', '\udc00': 1 }))).toEqual([
      'error QTT1001 : a key that is no Unicode: "\\udc00"',
    ]);
  });

  it('stops at what is too deep or too much', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(found(rule(deep))).toEqual(['error QTT1001 : more than 64 levels deep']);
    const limits = { maxTextLength: 1, maxNodes: 20, maxDepth: 64 };
    expect(found(rule({ host: 'a', exportTo: new Array(100).fill('*') }), { limits })).toEqual([
      'error QTT1001 : more than 20 values',
    ]);
  });

  it('takes what the classic decoder takes', () => {
    const spec = {
      host: 'a',
      export_to: null,
      traffic_policy: {
        loadBalancer: { simple: 2 },
        connection_pool: { tcp: { connectTimeout: '1m30s', max_connections: '5' } },
        outlierDetection: { consecutive5xxErrors: 7, consecutive_gateway_errors: '3' },
      },
    };
    const { object, issues } = check(rule(spec)) ?? {};
    expect(issues).toEqual([]);
    expect(object).toMatchObject({
      spec: {
        trafficPolicy: {
          loadBalancer: { lbPolicy: { case: 'simple', value: 2 } },
          connectionPool: { tcp: { connectTimeout: { seconds: 90n }, maxConnections: 5 } },
          outlierDetection: { consecutive5xxErrors: 7, consecutiveGatewayErrors: 3 },
        },
      },
    });
  });
});
