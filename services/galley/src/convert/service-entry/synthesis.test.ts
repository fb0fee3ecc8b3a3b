import { create } from '@bufbuild/protobuf';
import {
  type ConfigObject,
  isLabelValue,
  isOfSchema,
  type NativeObject,
  serviceEntryToServices,
} from '@quintet/model';
import { MeshNetworksSchema } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import {
  ServiceEntry_Location,
  ServiceEntry_Resolution,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { describe, expect, it } from 'vitest';
import { entrySpec, native, pod, service, slice } from '../testing-native.ts';
import { NOT_READY_ENDPOINTS } from './make-entry.ts';
import { createServiceSynthesis } from './synthesis.ts';
import { NODE, POD, put, REVIEWS, SETTINGS, SLICE } from './testing-world.ts';

function entries(objects: readonly NativeObject[], settings = SETTINGS): readonly ConfigObject[] {
  return createServiceSynthesis(settings).apply(put('kube', ...objects)).put;
}

const only = (objects: readonly NativeObject[], settings = SETTINGS) =>
  entrySpec(entries(objects, settings)[0]);

describe('a service with a cluster address', () => {
  it('is an entry with its pods as endpoints', () => {
    const [entry] = entries([REVIEWS, POD, SLICE, NODE]);
    expect(entry).toMatchObject({
      kind: 'SyntheticServiceEntry',
      namespace: 'shop',
      name: 'reviews',
      spec: {
        hosts: ['reviews.shop.svc.cluster.local'],
        addresses: ['10.1.0.1'],
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        location: ServiceEntry_Location.MESH_INTERNAL,
        resolution: ServiceEntry_Resolution.STATIC,
        subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/sa'],
        exportTo: [],
      },
    });
    expect(entrySpec(entry).endpoints).toMatchObject([
      {
        address: '10.2.0.1',
        ports: { http: 8080 },
        locality: 'eu/eu-1/rack-3',
        network: '',
        labels: {
          app: 'reviews',
          version: 'v1',
          'pod-template-hash': '5d4f',
          'security.istio.io/tlsMode': 'istio',
          'topology.istio.io/cluster': 'Kubernetes',
          'quintet.io/workload-name': 'reviews-v1',
          'quintet.io/instance-name': 'reviews-v1-5d4f-x2x',
          'quintet.io/service-account': 'sa',
        },
      },
    ]);
  });

  it('is read by whoever takes the entry as the service with its workloads', () => {
    const networks = create(MeshNetworksSchema, {
      networks: { n: { endpoints: [{ ne: { case: 'fromRegistry', value: 'Kubernetes' } }] } },
    });
    const [entry] = entries([REVIEWS, POD, SLICE, NODE], { ...SETTINGS, networks });
    if (entry === undefined || !isOfSchema(entry, ServiceEntrySchema)) throw new TypeError('no entry');
    const options = { trustDomain: 'cluster.local', defaultExportTo: ['*'] };
    expect(serviceEntryToServices(entry, options)).toMatchObject([
      {
        host: 'reviews.shop.svc.cluster.local',
        namespace: 'shop',
        name: 'reviews',
        resolution: 'static',
        external: false,
        ports: [{ number: 80, name: 'http', protocol: 'http' }],
        endpoints: [
          {
            address: '10.2.0.1',
            ports: { http: 8080 },
            labels: {
              app: 'reviews',
              version: 'v1',
              'pod-template-hash': '5d4f',
              'security.istio.io/tlsMode': 'istio',
              'topology.istio.io/cluster': 'Kubernetes',
            },
            network: 'n',
            locality: 'eu/eu-1/rack-3',
            weight: 0,
            serviceAccount: 'spiffe://cluster.local/ns/shop/sa/sa',
            workload: {
              name: 'reviews-v1',
              namespace: 'shop',
              uid: 'kubernetes://reviews-v1-5d4f-x2x.shop',
            },
          },
        ],
      },
    ]);
  });

  it('takes Endpoints only where there are no slices', () => {
    const endpoints = native('Endpoints', 'shop/reviews', {
      subsets: [{ addresses: [{ ip: '10.2.0.9' }], ports: [{ name: 'http', port: 9 }] }],
    });
    expect(only([REVIEWS, endpoints]).endpoints).toMatchObject([{ address: '10.2.0.9', ports: { http: 9 } }]);
    expect(only([REVIEWS, POD, endpoints, SLICE]).endpoints).toMatchObject([{ address: '10.2.0.1' }]);
  });

  it('finds pods of addresses that name none, except by the address of a node', () => {
    const byAddress = slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }, { ip: '10.9.0.1' }]);
    const onNode = pod('shop/agent', '10.9.0.1', {}, { hostNetwork: true });
    expect(only([REVIEWS, POD, onNode, byAddress]).endpoints).toMatchObject([
      { address: '10.2.0.1', labels: { app: 'reviews' } },
      { address: '10.9.0.1', labels: { 'topology.istio.io/cluster': 'Kubernetes' } },
    ]);
  });

  it('leaves out what is not ready and says so', () => {
    const both = slice('shop/s', 'reviews', [{ ip: '10.2.0.3', ready: false }, { ip: '10.2.0.2' }]);
    const [entry] = entries([REVIEWS, both]);
    expect(entrySpec(entry).endpoints).toMatchObject([{ address: '10.2.0.2' }]);
    expect(entry?.annotations[NOT_READY_ENDPOINTS]).toBe('10.2.0.3:8080');
    const published = service('shop/reviews', { publishNotReadyAddresses: true });
    expect(only([published, both]).endpoints).toHaveLength(2);
  });

  it('puts slices together, each address once and in order, whatever the cut', () => {
    const a = slice('shop/a', 'reviews', [{ ip: '10.2.0.2' }, { ip: '10.2.0.3' }]);
    const b = slice('shop/b', 'reviews', [{ ip: '10.2.0.1' }, { ip: '10.2.0.2' }]);
    const c = slice('shop/c', 'reviews', [{ ip: '10.2.0.3' }, { ip: '10.2.0.2' }, { ip: '10.2.0.1' }]);
    const [cut] = entries([REVIEWS, a, b]);
    expect(entrySpec(cut).endpoints.map(({ address }) => address)).toEqual([
      '10.2.0.1',
      '10.2.0.2',
      '10.2.0.3',
    ]);
    expect(entries([REVIEWS, c])[0]?.version).toBe(cut?.version);
  });

  it('says of a port that an endpoint does not serve that it is 0, and joins ports of one address', () => {
    const ports = [
      { name: 'http', port: 80 },
      { name: 'admin', port: 81 },
    ];
    const withPort = (name: string, port: number, ips: string[]) =>
      slice(
        `shop/${name}`,
        'reviews',
        ips.map((ip) => ({ ip })),
        { ports: [{ name, port }] },
      );
    const objects = [
      service('shop/reviews', { ports }),
      withPort('http', 8080, ['10.2.0.1', '10.2.0.2']),
      withPort('admin', 8081, ['10.2.0.2']),
      withPort('other', 8082, ['10.2.0.3']),
    ];
    expect(only(objects).endpoints.map((each) => [each.address, each.ports])).toEqual([
      ['10.2.0.1', { http: 8080, admin: 0 }],
      ['10.2.0.2', { http: 8080, admin: 8081 }],
    ]);
  });

  it('counts an instance of two address families once', () => {
    const dual = service('shop/reviews', { clusterIP: 'fd00::1', clusterIPs: ['fd00::1', '10.1.0.1'] });
    const v4 = slice('shop/v4', 'reviews', [{ ip: '10.2.0.1' }]);
    const v6 = slice('shop/v6', 'reviews', [{ ip: 'fd01::1' }], { addressType: 'IPv6' });
    const spec = only([dual, v4, v6]);
    expect(spec.addresses).toEqual(['fd00::1', '10.1.0.1']);
    expect(spec.endpoints.map(({ address }) => address)).toEqual(['fd01::1']);
    expect(only([REVIEWS, v4, v6]).endpoints.map(({ address }) => address)).toEqual(['10.2.0.1']);
    expect(only([REVIEWS, v6]).endpoints.map(({ address }) => address)).toEqual(['fd01::1']);
  });
});

describe('other services', () => {
  it.each([
    [
      'headless',
      service('shop/db', { clusterIP: 'None' }),
      { addresses: ['0.0.0.0'], resolution: ServiceEntry_Resolution.NONE },
    ],
    [
      'without an address yet',
      service('shop/db', { clusterIP: '' }),
      { addresses: ['0.0.0.0'], resolution: ServiceEntry_Resolution.STATIC },
    ],
    [
      'an external name',
      service('shop/db', { type: 'ExternalName', externalName: 'db.example.com', clusterIP: '' }),
      {
        addresses: ['0.0.0.0'],
        resolution: ServiceEntry_Resolution.DNS,
        location: ServiceEntry_Location.MESH_EXTERNAL,
        endpoints: [{ address: 'db.example.com' }],
      },
    ],
    [
      'with ports of all sorts',
      service('shop/db', {
        ports: [
          { name: 'main', port: 1, appProtocol: 'grpc' },
          { name: 'dns', port: 2, protocol: 'UDP' },
          { name: 'x', port: 3 },
          { name: 'sig', port: 4, protocol: 'SCTP' },
        ],
      }),
      {
        ports: [
          { number: 1, name: 'main', protocol: 'GRPC' },
          { number: 2, name: 'dns', protocol: 'UDP' },
          { number: 3, name: 'x', protocol: 'UnsupportedProtocol' },
        ],
      },
    ],
    [
      'with annotations',
      service(
        'shop/db',
        {},
        {
          annotations: {
            'networking.istio.io/exportTo': '., web',
            'alpha.istio.io/kubernetes-serviceaccounts': 'b,a',
            'alpha.istio.io/canonical-serviceaccounts': 'spiffe://other/x',
          },
        },
      ),
      {
        exportTo: ['.', 'web'],
        subjectAltNames: [
          'spiffe://cluster.local/ns/shop/sa/a',
          'spiffe://cluster.local/ns/shop/sa/b',
          'spiffe://other/x',
        ],
      },
    ],
  ])('%s', (_, object, expected) => {
    expect(only([object])).toMatchObject(expected);
  });

  it('have labels, annotations and time of the Service', () => {
    const [entry] = entries([
      service(
        'shop/db',
        {},
        {
          labels: { team: 'a' },
          annotations: { note: 'b' },
          creationTimestamp: '2020-01-01T00:00:00Z',
        },
      ),
    ]);
    expect(entry).toMatchObject({
      labels: { team: 'a' },
      annotations: { note: 'b' },
      createTime: 1_577_836_800_000,
    });
  });
});

/** Names of Kubernetes may be longer than values of labels. */
const LONG = 'p'.repeat(80);

describe('pods', () => {
  it.each<[string, string, Record<string, string>, Record<string, string>, string]>([
    ['an identity of their own', 'p', { 'alpha.istio.io/identity': 'me' }, {}, 'me'],
    ['a service account', 'p', {}, {}, 'ns/shop/sa/sa'],
    ['a long service account', 'p', {}, { serviceAccountName: LONG }, `ns/shop/sa/${LONG}`],
    ['a long name', LONG, {}, {}, 'ns/shop/sa/sa'],
  ])('have %s, and no label that is none', (_, name, annotations, spec, account) => {
    const [entry] = entries([
      REVIEWS,
      pod(`shop/${name}`, '10.2.0.1', { annotations }, spec),
      slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }]),
    ]);
    if (entry === undefined || !isOfSchema(entry, ServiceEntrySchema)) throw new TypeError('no entry');
    const [service] = serviceEntryToServices(entry, { trustDomain: 'cluster.local', defaultExportTo: [] });
    expect(service?.endpoints[0]?.serviceAccount).toBe(`spiffe://cluster.local/${account}`);
    const labels = Object.values(entry.spec.endpoints[0]?.labels ?? {});
    expect(labels.filter((value) => !isLabelValue(value))).toEqual([]);
  });

  it('place themselves by label, else stand where their node stands', () => {
    const placed = pod('shop/p', '10.2.0.1', { labels: { 'istio-locality': 'us.us-1.a' } });
    const at = slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }]);
    expect(only([REVIEWS, NODE, placed, at]).endpoints[0]?.locality).toBe('us/us-1/a');
    expect(only([REVIEWS, NODE, pod('shop/p', '10.2.0.1'), at]).endpoints[0]?.locality).toBe(
      'eu/eu-1/rack-3',
    );
  });

  it.each([
    ['the narrowest range', {}, 'narrow'],
    ['a label before all', { 'topology.istio.io/network': 'own' }, 'own'],
  ])('are of a network by %s', (_, labels, network) => {
    const networks = create(MeshNetworksSchema, {
      networks: {
        wide: { endpoints: [{ ne: { case: 'fromCidr', value: '10.0.0.0/8' } }] },
        narrow: { endpoints: [{ ne: { case: 'fromCidr', value: '10.2.0.0/16' } }] },
        whole: { endpoints: [{ ne: { case: 'fromRegistry', value: 'Kubernetes' } }] },
      },
    });
    const objects = [
      REVIEWS,
      pod('shop/p', '10.2.0.1', { labels }),
      slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }, { ip: '192.168.0.1' }]),
    ];
    const { endpoints } = only(objects, { ...SETTINGS, networks });
    expect(endpoints.map((each) => each.network)).toEqual([network, 'whole']);
  });

  it('are of the network that the root namespace names when nothing else is known', () => {
    const root = native('Namespace', 'istio-system', {
      metadata: { labels: { 'topology.istio.io/network': 'n' } },
    });
    expect(only([root, REVIEWS, POD, SLICE]).endpoints[0]?.network).toBe('n');
  });

  it('are waited for in a cluster, not in files', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    expect(entrySpec(synthesis.apply(put('kube', REVIEWS, SLICE)).put[0]).endpoints).toEqual([]);
    const { put: changed } = synthesis.apply(put('kube', POD, pod('shop/other', '10.2.9.9')));
    expect(changed.map(({ name }) => name)).toEqual(['reviews']);
    expect(entrySpec(changed[0]).endpoints).toHaveLength(1);
    const files = createServiceSynthesis(SETTINGS).apply(put('files', REVIEWS, SLICE));
    expect(entrySpec(files.put[0]).endpoints).toHaveLength(1);
  });
});
