import type { JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDocuments } from '../check.ts';
import { decodeNativeJson } from './decode-native.ts';
import { NATIVE_KINDS, nativeKindOf } from './native-kinds.ts';

function decode(apiVersion: string, kind: string, object: Record<string, JsonValue>) {
  const row = nativeKindOf(apiVersion, kind);
  if (row === undefined) throw new TypeError(`${apiVersion} ${kind} is not read`);
  return decodeNativeJson(row, { apiVersion, kind, metadata: { name: 'n', namespace: 'ns' }, ...object });
}

const specOf = (apiVersion: string, kind: string, object: Record<string, JsonValue>) => {
  const { object: decoded, findings } = decode(apiVersion, kind, object);
  return decoded?.spec ?? findings;
};

describe('decodeNativeJson', () => {
  it('reads metadata as the API server writes it', () => {
    const metadata = {
      name: 'reviews-v1-abc',
      namespace: 'shop',
      uid: 'u1',
      resourceVersion: '42',
      generation: 3,
      creationTimestamp: '2020-01-31T12:00:00Z',
      deletionTimestamp: '2020-02-01T12:00:00Z',
      labels: { app: 'reviews' },
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', a: 'b' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u2', controller: true },
      ],
      managedFields: [{ manager: 'x' }],
    };
    expect(decode('v1', 'Pod', { metadata }).object).toMatchObject({
      kind: 'Pod',
      apiVersion: 'v1',
      namespace: 'shop',
      name: 'reviews-v1-abc',
      uid: 'u1',
      version: '42',
      generation: 3,
      createTime: 1_580_472_000_000,
      deleting: true,
      labels: { app: 'reviews' },
      annotations: { a: 'b' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u2', controller: true },
      ],
      spec: { serviceAccountName: 'default', ips: [], ready: false },
    });
  });

  it('knows apiVersion and kind of an item of a list that does not repeat them', () => {
    const row = nativeKindOf('discovery.k8s.io/v1', 'EndpointSlice');
    if (row === undefined) throw new TypeError('EndpointSlice is not read');
    const { object } = decodeNativeJson(row, { metadata: { name: 's', resourceVersion: '1' } });
    expect(object).toMatchObject({
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      namespace: 'default',
    });
  });

  it.each([
    ['one address', { clusterIP: '10.0.0.1' }, { clusterIPs: ['10.0.0.1'], headless: false }],
    [
      'both families',
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] },
      { clusterIPs: ['10.0.0.1', 'fd00::1'] },
    ],
    ['headless', { clusterIP: 'None', clusterIPs: ['None'] }, { clusterIPs: [], headless: true }],
    ['no address yet', {}, { clusterIPs: [], headless: false, type: 'ClusterIP' }],
    [
      'an external name',
      { type: 'ExternalName', externalName: 'a.com' },
      { externalName: 'a.com', headless: false, clusterIPs: [] },
    ],
    [
      'ports',
      {
        ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'd', appProtocol: 'x' }],
      },
      {
        ports: [
          { name: '', port: 80, transport: 'TCP', appProtocol: '', nodePort: 0 },
          { name: 'dns', port: 53, transport: 'UDP', appProtocol: 'x', targetPort: 'd', nodePort: 0 },
        ],
      },
    ],
  ])('reads a Service: %s', (_, spec, expected) => {
    expect(specOf('v1', 'Service', { spec })).toMatchObject(expected);
  });

  it.each([
    [{}, { ready: true, serving: true, terminating: false }],
    [{ ready: false }, { ready: false, serving: false, terminating: false }],
    [{ ready: null }, { ready: true }],
    [
      { ready: false, serving: true, terminating: true },
      { ready: false, serving: true, terminating: true },
    ],
  ])('takes conditions that a slice leaves out as Kubernetes says: %j', (conditions, expected) => {
    expect(
      specOf('discovery.k8s.io/v1', 'EndpointSlice', {
        endpoints: [{ addresses: ['10.0.0.1'], conditions }],
      }),
    ).toMatchObject({ endpoints: [{ addresses: ['10.0.0.1'], ...expected }] });
  });

  it('reads today’s and the classic Ingress to the same', () => {
    const now = specOf('networking.k8s.io/v1', 'Ingress', {
      spec: {
        defaultBackend: { service: { name: 'd', port: { number: 80 } } },
        rules: [
          {
            host: 'a.com',
            http: { paths: [{ path: '/x', backend: { service: { name: 's', port: { name: 'http' } } } }] },
          },
        ],
      },
    });
    const classic = specOf('extensions/v1beta1', 'Ingress', {
      spec: {
        backend: { serviceName: 'd', servicePort: 80 },
        rules: [
          {
            host: 'a.com',
            http: { paths: [{ path: '/x', backend: { serviceName: 's', servicePort: 'http' } }] },
          },
        ],
      },
    });
    expect(now).toEqual(classic);
    expect(now).toMatchObject({ rules: [{ paths: [{ pathType: 'ImplementationSpecific' }] }] });
  });

  it('keeps no private key of a Secret', () => {
    const data = { 'tls.crt': Buffer.from('PEM').toString('base64'), 'tls.key': 'c2VjcmV0' };
    const spec = specOf('v1', 'Secret', { type: 'kubernetes.io/tls', data });
    expect(spec).toEqual({ type: 'kubernetes.io/tls', certificate: 'PEM', keys: ['tls.crt', 'tls.key'] });
  });

  it.each<[string, Record<string, JsonValue>, string, string]>([
    ['Service', { spec: { ports: [{ port: 'http' }] } }, 'spec.ports[0].port', 'the string "http"'],
    ['Service', { spec: { ports: [1] } }, 'spec.ports[0]', 'the number 1'],
    ['Service', { spec: { selector: { v: 1 } } }, 'spec.selector.v', 'the number 1'],
    ['Service', { spec: [] }, 'spec', 'a list'],
    ['Service', { spec: { ports: [{ port: 70_000 }] } }, 'spec.ports[0].port', 'from 0 to 65535'],
    ['Pod', { metadata: { name: 'A B' } }, 'metadata.name', 'the string "A B"'],
    ['Pod', { metadata: { name: 'a', labels: { 'x.io/y': true } } }, 'metadata.labels["x.io/y"]', 'boolean'],
    ['Pod', { metadata: { name: 'a', creationTimestamp: 'now' } }, 'metadata.creationTimestamp', '"now"'],
  ])('finds a wrong type in a %s: %j', (kind, object, path, words) => {
    const decoded = decode('v1', kind, object);
    expect(decoded.object).toBeUndefined();
    expect(decoded.findings).toMatchObject([{ path, message: expect.stringContaining(words) }]);
  });

  it('reports a bounded number of findings', () => {
    const ports = new Array<number>(1000).fill(1);
    expect(decode('v1', 'Service', { spec: { ports } }).findings).toHaveLength(20);
  });

  it('reaches no prototype', () => {
    const row = nativeKindOf('v1', 'ConfigMap');
    if (row === undefined) throw new TypeError('ConfigMap is not read');
    const text =
      '{"metadata":{"name":"a"},"data":{"__proto__":"x","constructor":"y"},"__proto__":{"kind":"Z"}}';
    const { object } = decodeNativeJson(row, JSON.parse(text));
    expect(object?.spec).toEqual({ data: { constructor: 'y' } });
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  });

  it('never throws, and gives an object or says what is wrong', () => {
    const field = fc.constantFrom(
      'metadata',
      'spec',
      'status',
      'subsets',
      'endpoints',
      'name',
      'ports',
      'data',
    );
    const json = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(field, fc.string()), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.constantFrom(...NATIVE_KINDS), json, (row, value) => {
        const { object, findings } = decodeNativeJson(row, value);
        expect(object === undefined).toBe(findings.length > 0);
      }),
    );
  });
});

describe('a file that holds configuration and kinds of Kubernetes', () => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: reviews, resourceVersion: "7"}
spec:
  ports:
  - port: 9080
---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: e}
spec: {hosts: [a.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
---
apiVersion: v1
kind: Service
metadata: {name: broken}
spec:
  ports:
  - port: http
`;

  it('is read in one pass', () => {
    const { parsed, objects, issues } = checkDocuments(text, { file: 'a.yaml', native: 'decode' });
    expect(objects.map(({ name }) => name)).toEqual(['e']);
    expect(parsed.map(({ native }) => native?.name)).toEqual(['reviews', undefined, undefined]);
    expect(issues).toMatchObject([
      {
        code: 'IST0106',
        resource: { kind: 'Service', namespace: 'default', name: 'broken' },
        path: 'spec.ports[0].port',
        origin: { file: 'a.yaml', line: 18 },
      },
    ]);
  });

  it('gives native objects a version of their content', () => {
    const versionOf = (file: string) =>
      checkDocuments(file, { file: 'a.yaml', native: 'decode' }).parsed[0]?.native?.version;
    expect(versionOf(text)).toBe(versionOf(text));
    expect(versionOf(text)).not.toBe(versionOf(text.replace('9080', '9081')));
  });

  it('is read without them when nobody asks', () => {
    expect(checkDocuments(text, { file: 'a.yaml' }).parsed.map(({ resource }) => resource?.name)).toEqual([
      'e',
    ]);
  });
});
