import { checkDocuments } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { generateServices, type Manifest } from './generate-services.ts';
import { generateSidecars } from './generate-sidecars.ts';
import type { MeshSpec } from './mesh-spec.ts';
import { applicationPortCount, placeMesh } from './placed-mesh.ts';

const http = { name: 'http', number: 9080 };
const workload = {
  kind: 'application',
  namespace: 'shop',
  command: ['run'],
  env: {},
  ports: [http],
} as const;
const spec: MeshSpec = {
  domain: 'cluster.local',
  trustDomain: 'example.org',
  page: '',
  without: [],
  flags: {},
  services: [
    { name: 'till', namespace: 'shop', selector: { app: 'till' }, ports: [http] },
    { name: 'db', namespace: 'shop', selector: { app: 'db' }, ports: [{ name: 'tcp-db', number: 5432 }] },
  ],
  workloads: [
    {
      ...workload,
      kind: 'gateway',
      name: 'door',
      serviceAccount: 'door',
      labels: { istio: 'ingressgateway' },
      command: [],
    },
    { ...workload, name: 'till-v1', serviceAccount: 'till', labels: { app: 'till', version: 'v1' } },
    { ...workload, name: 'till-v2', serviceAccount: 'till', labels: { app: 'till', version: 'v2' } },
    {
      ...workload,
      name: 'db-1',
      serviceAccount: 'db',
      labels: { app: 'db' },
      ports: [{ name: 'tcp-db', number: 5432 }],
    },
  ],
};

const mesh = placeMesh('m', spec, { block: 33, localPorts: [4001, 4002, 4003] });

function specOf(manifests: readonly Manifest[], name: string): unknown {
  return manifests.find(({ metadata }) => metadata.name === name)?.spec;
}

describe('placeMesh', () => {
  it('numbers workloads and gives local ports to applications only', () => {
    expect(applicationPortCount(spec)).toBe(3);
    expect(mesh.workloads.map(({ id, address, outboundAddress }) => [id, address, outboundAddress])).toEqual([
      ['door.shop', '127.33.1.1', '127.33.2.1'],
      ['till-v1.shop', '127.33.1.2', '127.33.2.2'],
      ['till-v2.shop', '127.33.1.3', '127.33.2.3'],
      ['db-1.shop', '127.33.1.4', '127.33.2.4'],
    ]);
    expect(
      mesh.workloads.flatMap(({ applicationPorts }) => applicationPorts.map((port) => port.localPort)),
    ).toEqual([4001, 4002, 4003]);
    expect(() => placeMesh('m', spec, { block: 33, localPorts: [1] })).toThrow(RangeError);
  });
});

describe('generated configuration', () => {
  it('has an entry a service with its workloads and their identities', () => {
    expect(specOf(generateServices(mesh), 'till')).toEqual({
      hosts: ['till.shop.svc.cluster.local'],
      location: 'MESH_INTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }],
      endpoints: ['till-v1', 'till-v2'].map((name, index) => ({
        address: `127.33.1.${index + 2}`,
        labels: {
          app: 'till',
          version: `v${index + 1}`,
          'quintet.io/workload-name': name,
          'quintet.io/service-account': 'till',
        },
      })),
      subjectAltNames: ['spiffe://example.org/ns/shop/sa/till'],
    });
  });

  it('has mixer under both of its names', () => {
    const names = generateServices(mesh).map(({ metadata }) => `${metadata.name}.${metadata.namespace}`);
    expect(names).toEqual([
      'till.shop',
      'db.shop',
      'istio-policy.istio-system',
      'istio-telemetry.istio-system',
    ]);
  });

  it('tells the sidecar of each application where to listen', () => {
    const sidecars = generateSidecars(mesh);
    expect(sidecars.map(({ metadata }) => metadata.name)).toEqual(['till-v1', 'till-v2', 'db-1']);
    const outbound = { bind: '127.33.2.4', captureMode: 'NONE', hosts: ['*/*'] };
    expect(specOf(sidecars, 'db-1')).toEqual({
      workloadSelector: { labels: { 'quintet.io/workload': 'db-1.shop' } },
      ingress: [
        {
          port: { number: 5432, protocol: 'TCP', name: 'tcp-db' },
          bind: '127.33.1.4',
          captureMode: 'NONE',
          defaultEndpoint: '127.0.0.1:4003',
        },
      ],
      egress: [
        { port: { number: 5432, protocol: 'TCP', name: 'tcp-db' }, ...outbound },
        { port: { number: 9080, protocol: 'HTTP', name: 'http' }, ...outbound },
      ],
    });
  });

  it('is valid', () => {
    const text = [...generateServices(mesh), ...generateSidecars(mesh)]
      .map((one) => stringify(one))
      .join('---\n');
    const { issues } = checkDocuments(text, { file: 'generated.yaml' });
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
