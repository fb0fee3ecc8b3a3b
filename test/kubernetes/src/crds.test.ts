import { equals, type JsonObject } from '@bufbuild/protobuf';
import type { ResourceType } from '@quintet/kube';
import { checkJsonObject, customResourceDefinition, KINDS, type Kind, kindByName } from '@quintet/model';
import { eventually } from '@quintet/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';

const WRITTEN = KINDS.filter(({ written }) => written);
const DEFINITIONS: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  scope: 'cluster',
};

/** A spec of each kind, in the spellings that the classic decoder takes; kinds that are left out take any map. */
const SPECS: Readonly<Record<string, JsonObject>> = {
  VirtualService: {
    hosts: ['reviews'],
    http: [
      {
        match: [{ uri: { prefix: '/a' }, ignore_uri_case: true, headers: { end_user: { exact: 'x' } } }],
        route: [{ destination: { host: 'reviews', port: { number: '9080' } }, weight: '100' }],
        fault: { delay: { percentage: { value: '0.5' }, fixedDelay: '5s' } },
        mirror_percent: 3,
        retries: { attempts: 3, per_try_timeout: '2s' },
      },
    ],
  },
  Gateway: {
    selector: { istio: 'ingressgateway' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'], tls: { mode: 1 } }],
  },
  DestinationRule: {
    host: 'reviews',
    traffic_policy: { load_balancer: { simple: 2 }, connection_pool: { tcp: { connect_timeout: '1m' } } },
    trafficPolicy: null,
    subsets: [
      { name: 'v1', labels: { version: 'v1' }, trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } },
    ],
  },
  ServiceEntry: { hosts: ['a.example.com'], ports: [{ number: 443, name: 'tls' }], resolution: 'DNS' },
  WorkloadEntry: { address: '192.0.2.1', ports: { http: 8080 }, service_account: 'default' },
  Sidecar: { egress: [{ hosts: ['./*'], capture_mode: 'NONE' }] },
  EnvoyFilter: {
    configPatches: [
      { applyTo: 'HTTP_FILTER', patch: { operation: 'ADD', value: { a: [1, null, { b: 'c' }] } } },
    ],
  },
  Policy: { peers: [{ mtls: null }], targets: [{ name: 'a', ports: [{ number: 80 }] }] },
  MeshPolicy: { peers: [{ mtls: { mode: 'PERMISSIVE' } }] },
  AuthorizationPolicy: { action: 'DENY', rules: [{ from: [{ source: { ip_blocks: ['10.0.0.0/8'] } }] }] },
  PeerAuthentication: { mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'DISABLE' } } },
  RequestAuthentication: { jwtRules: [{ issuer: 'a', jwks_uri: 'https://a.example.com' }] },
  ServiceRole: { rules: [{ services: ['a'], constraints: [{ key: 'k', values: ['v'] }] }] },
  ServiceRoleBinding: { subjects: [{ user: '*' }], roleRef: { kind: 'ServiceRole', name: 'a' } },
  RbacConfig: { mode: 'ON' },
  ClusterRbacConfig: { mode: 2, inclusion: { namespaces: ['a'] } },
  QuotaSpec: { rules: [{ quotas: [{ quota: 'q', charge: '2' }] }] },
  QuotaSpecBinding: { quotaSpecs: [{ name: 'q' }], services: [{ name: 'a' }] },
  HTTPAPISpec: { patterns: [{ http_method: 'GET', uriTemplate: '/a' }], apiKeys: [{ query: 'key' }] },
  HTTPAPISpecBinding: { services: [{ service: '*' }], api_specs: [{ name: 'a' }] },
  attributemanifest: { attributes: { 'source.ip': { valueType: 'IP_ADDRESS' } } },
  rule: { match: 'true', actions: [{ handler: 'a', instances: ['b'] }] },
  handler: { compiledAdapter: 'denier', params: { status: { code: 7 }, list: [[1], { a: null }] } },
  instance: {
    compiledTemplate: 'quota',
    params: { dimensions: { a: 'source.ip' } },
    attribute_bindings: { a: 'b' },
  },
};
const ANY: JsonObject = { a: { b: [1, 'c', { d: true }] } };

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  await Promise.all(WRITTEN.map((kind) => plane.client.create(DEFINITIONS, definition(kind))));
  const established = async () => {
    for (const { conditions } of await statuses()) expect(conditions).toContainEqual(ESTABLISHED);
  };
  await eventually(established, { timeoutMs: 60_000, everyMs: 200 });
});
afterAll(() => plane?.stop());

const ESTABLISHED = expect.objectContaining({ type: 'Established', status: 'True' });

function definition(kind: Kind): JsonObject {
  return JSON.parse(JSON.stringify(customResourceDefinition(kind)));
}

/** The status of every definition that the API server has. */
async function statuses(): Promise<{ readonly conditions: readonly unknown[] }[]> {
  const { objects } = await plane.client.list(DEFINITIONS);
  expect(objects).toHaveLength(WRITTEN.length);
  return objects.map(({ json }) => JSON.parse(JSON.stringify(json.status ?? { conditions: [] })));
}

function typeOf({ group, plural, kind, scope }: Kind, version: string): ResourceType {
  return { group, version, plural, kind, scope };
}

function objectOf({ kind, group, scope }: Kind, version: string, spec: JsonObject): JsonObject {
  const namespace = scope === 'cluster' ? {} : { namespace: 'default' };
  return { apiVersion: `${group}/${version}`, kind, metadata: { name: `a-${version}`, ...namespace }, spec };
}

/** What our decoder makes of an object; its checks are not of interest here. */
function decoded(json: JsonObject) {
  const { kind = '' } = json;
  const row = kindByName(String(kind));
  const parsed = checkJsonObject(json, { file: 'cluster' });
  expect(parsed?.issues.filter(({ message }) => /^(expected a|unknown field)/.test(message))).toEqual([]);
  return { row, spec: parsed?.object?.spec };
}

describe('the manifests of our kinds', () => {
  it('are structural, and their names are accepted', async () => {
    for (const { conditions } of await statuses()) {
      expect(conditions).toContainEqual(expect.objectContaining({ type: 'NamesAccepted', status: 'True' }));
      expect(conditions).not.toContainEqual(expect.objectContaining({ type: 'NonStructuralSchema' }));
    }
  });

  for (const kind of WRITTEN) {
    it(`let the API server keep ${kind.kind} objects as they were written`, async () => {
      for (const version of kind.versions) {
        const written = objectOf(kind, version, SPECS[kind.kind] ?? ANY);
        const { json } = await plane.client.create(typeOf(kind, version), written);
        expect(json.spec).toEqual(written.spec);
        const [sent, stored] = [decoded(written), decoded(json)];
        if (sent.spec !== undefined && stored.spec !== undefined)
          expect(equals(kind.schema, sent.spec, stored.spec)).toBe(true);
        expect(stored.spec === undefined).toBe(sent.spec === undefined);
      }
    });
  }

  it.each<[string, JsonObject]>([
    ['host', { host: 3 }],
    ['simple', { host: 'a', trafficPolicy: { loadBalancer: { simple: 'RANDON' } } }],
    ['oneOf', { host: 'a', trafficPolicy: { loadBalancer: { simple: 'RANDOM', consistentHash: {} } } }],
    ['subsets', { host: 'a', subsets: {} }],
    ['connectTimeout', { host: 'a', trafficPolicy: { connectionPool: { tcp: { connectTimeout: 5 } } } }],
  ])('refuse what no version ever took: %s', async (word, spec) => {
    const kind = kindByName('DestinationRule');
    if (kind === undefined) throw new TypeError('no DestinationRule');
    const wrong = { ...objectOf(kind, 'v1beta1', spec), metadata: { name: 'wrong', namespace: 'default' } };
    await expect(plane.client.create(typeOf(kind, 'v1beta1'), wrong)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(word),
    });
  });

  it('let the status be written apart from the spec', async () => {
    const kind = kindByName('Gateway');
    if (kind === undefined) throw new TypeError('no Gateway');
    const status = {
      observedGeneration: 1,
      conditions: [{ type: 'Reconciled', status: 'False', lastTransitionTime: '2020-01-31T12:00:00Z' }],
      validationMessages: [{ level: 'Error', type: { name: 'SchemaValidationError', code: 'IST0106' } }],
      distribution: { acknowledged: 3, total: 4 },
    };
    const patched = await plane.client.patch(
      typeOf(kind, 'v1'),
      { namespace: 'default', name: 'a-v1alpha3' },
      { type: 'merge', subresource: 'status', body: { status, spec: { servers: [] } } },
    );
    expect(patched.json.status).toEqual(status);
    expect(patched.json.spec).toEqual(SPECS.Gateway);
    expect(patched.json.metadata).toMatchObject({ generation: 1 });
  });
});
