import { fromJson } from '@bufbuild/protobuf';
import { BootstrapSchema } from '@quintet/proto/envoy/config/bootstrap/v3/bootstrap_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { describe, expect, it } from 'vitest';
import { bootstrap } from './bootstrap.ts';
import type { BootstrapOptions } from './bootstrap-options.ts';

const sidecar: BootstrapOptions = {
  node: {
    type: 'sidecar',
    addresses: ['127.20.1.3'],
    name: 'reviews-v1',
    namespace: 'default',
    configNamespace: 'default',
    domain: 'default.svc.cluster.local',
    labels: { app: 'reviews', version: 'v1' },
    serviceAccount: 'bookinfo-reviews',
    workloadName: 'reviews-v1',
    interceptionMode: 'NONE',
    meshId: 'quintet',
    clusterId: '',
    network: '',
    locality: '',
    version: '',
    metadata: {},
  },
  serviceCluster: 'reviews.default',
  admin: { kind: 'unix', path: '/run/mesh/admin.sock' },
  listenAddress: '127.20.1.3',
  statsPort: 15090,
  healthPort: 15021,
  sourceAddress: '127.20.1.3',
  discovery: {
    address: '127.20.0.4',
    port: 15011,
    protocol: 'delta',
    pilotIdentity: 'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account',
  },
  secrets: {
    socket: '/run/mesh/sds.sock',
    tokenFile: '/run/mesh/token/sds.json',
    tokenFolder: '/run/mesh/token',
  },
  maxConnections: 50_000,
  stats: { prefixes: [], suffixes: [], patterns: [] },
};

const { secrets: _, sourceAddress: __, ...plain } = sidecar;

const CASES: readonly (readonly [string, BootstrapOptions])[] = [
  ['sidecar-with-identity', sidecar],
  [
    'router-in-plaintext-from-a-classic-pilot',
    {
      ...plain,
      node: { ...sidecar.node, type: 'router', locality: 'north/n1' },
      admin: { kind: 'tcp', address: '127.0.0.1', port: 15000 },
      listenAddress: '0.0.0.0',
      discovery: { address: 'istio-pilot.istio-system', port: 15010, protocol: 'sotw' },
      stats: {
        prefixes: ['http.'],
        suffixes: ['upstream_rq_retry'],
        patterns: ['^cluster\\.outbound.*_rq_'],
      },
    },
  ],
];

describe('bootstrap', () => {
  it.each(CASES)('%s', async (name, options) => {
    const text = `${JSON.stringify(bootstrap(options), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../../testdata/${name}/bootstrap.json`);
  });

  it.each(CASES)('%s is known to the schema, every field of it', (_, options) => {
    expect(() => fromJson(BootstrapSchema, bootstrap(options), { registry: envoyRegistry })).not.toThrow();
  });

  it('wants a source of secrets for mutual TLS', () => {
    const { discovery } = sidecar;
    expect(() => bootstrap({ ...plain, discovery })).toThrow('needs a source of secrets');
  });
});
