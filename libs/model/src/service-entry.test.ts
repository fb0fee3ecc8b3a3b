import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  ServiceEntry_Location,
  ServiceEntry_Resolution,
  ServiceEntrySchema,
} from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { describe, expect, it } from 'vitest';
import { makeConfigObject } from './config-object-make.ts';
import { SERVICE_ENTRY } from './kinds/networking.ts';
import { serviceEntryToServices } from './service-entry.ts';

const services = (init: MessageInitShape<typeof ServiceEntrySchema>) =>
  serviceEntryToServices(
    makeConfigObject({
      kind: SERVICE_ENTRY,
      namespace: 'shop',
      name: 'e',
      createTime: 7,
      spec: create(ServiceEntrySchema, init),
    }),
    { trustDomain: 'cluster.local', defaultExportTo: ['*'] },
  );

describe('serviceEntryToServices', () => {
  it('makes one service of each host', () => {
    expect(
      services({
        hosts: ['reviews.shop.svc.cluster.local', 'API.example.com'],
        addresses: ['10.0.0.1/32', '10.1.0.0/16', '::1/128'],
        ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }],
        location: ServiceEntry_Location.MESH_INTERNAL,
        resolution: ServiceEntry_Resolution.NONE,
        exportTo: ['.'],
      }),
    ).toMatchObject([
      {
        host: 'reviews.shop.svc.cluster.local',
        name: 'reviews',
        namespace: 'shop',
        external: false,
        addresses: ['10.0.0.1', '10.1.0.0/16', '::1'],
        ports: [{ number: 9080, name: 'http', protocol: 'http' }],
        exportTo: ['.'],
        createTime: 7,
        source: 'istio/networking/v1alpha3/serviceentries/shop/e',
      },
      { host: 'api.example.com', name: 'api.example.com' },
    ]);
  });

  it('takes the host as endpoint of resolution DNS', () => {
    const [service] = services({ hosts: ['example.com'], resolution: ServiceEntry_Resolution.DNS });
    expect(service).toMatchObject({
      resolution: 'dns',
      external: true,
      exportTo: ['*'],
      endpoints: [{ address: 'example.com' }],
    });
  });

  it('tells workload and account of an endpoint by its labels', () => {
    const labels = {
      app: 'reviews',
      'quintet.io/workload-name': 'reviews-v1',
      'quintet.io/service-account': 'bookinfo',
    };
    const [service] = services({
      hosts: ['a.com'],
      resolution: ServiceEntry_Resolution.STATIC,
      endpoints: [{ address: '10.0.0.2', ports: { http: 8080 }, labels, weight: 3 }],
    });
    expect(service?.endpoints).toEqual([
      {
        address: '10.0.0.2',
        ports: { http: 8080 },
        labels: { app: 'reviews' },
        network: '',
        locality: '',
        weight: 3,
        serviceAccount: 'spiffe://cluster.local/ns/shop/sa/bookinfo',
        workload: { name: 'reviews-v1', namespace: 'shop', uid: 'kubernetes://reviews-v1.shop' },
      },
    ]);
  });

  it.each([
    [
      'an instance of a workload',
      { 'quintet.io/workload-name': 'reviews-v1', 'quintet.io/instance-name': 'reviews-v1-a' },
      { workload: { name: 'reviews-v1', namespace: 'shop', uid: 'kubernetes://reviews-v1-a.shop' } },
    ],
    [
      'a workload of another namespace',
      {
        'quintet.io/workload-name': 'a',
        'quintet.io/workload-namespace': 'b',
        'quintet.io/service-account': 'c',
      },
      {
        workload: { name: 'a', namespace: 'b', uid: 'kubernetes://a.b' },
        serviceAccount: 'spiffe://cluster.local/ns/b/sa/c',
      },
    ],
    [
      'an identity of its own',
      { 'quintet.io/service-account': 'spiffe://east/own' },
      { serviceAccount: 'spiffe://east/own', workload: { name: '', namespace: '', uid: '' } },
    ],
  ])('reads from labels: %s', (_, labels, expected) => {
    const [service] = services({
      hosts: ['a.com'],
      resolution: ServiceEntry_Resolution.STATIC,
      endpoints: [{ address: '10.0.0.2', labels: { ...labels, app: 'x' }, network: 'n', locality: 'r/z' }],
    });
    expect(service?.endpoints).toMatchObject([
      { ...expected, labels: { app: 'x' }, network: 'n', locality: 'r/z' },
    ]);
  });

  it('takes the account that an endpoint names, in the namespace of the entry', () => {
    const [service] = services({
      hosts: ['a.com'],
      resolution: ServiceEntry_Resolution.STATIC,
      endpoints: [{ address: '10.0.0.2', serviceAccount: 'own' }],
    });
    expect(service?.endpoints[0]?.serviceAccount).toBe('spiffe://cluster.local/ns/shop/sa/own');
  });

  it('takes target ports where an endpoint names no port of its own', () => {
    const [service] = services({
      hosts: ['a.com'],
      ports: [
        { number: 80, name: 'http', protocol: 'HTTP', targetPort: 8080 },
        { number: 81, name: 'admin', protocol: 'HTTP', targetPort: 8081 },
      ],
      resolution: ServiceEntry_Resolution.STATIC,
      endpoints: [{ address: '10.0.0.2', ports: { admin: 9000 } }],
    });
    expect(service?.endpoints[0]?.ports).toEqual({ http: 8080, admin: 9000 });
  });

  it.each([
    [['spiffe://cluster.local/ns/a/sa/b'], 'spiffe://cluster.local/ns/a/sa/b'],
    [['spiffe://cluster.local/ns/a/sa/b', 'spiffe://cluster.local/ns/a/sa/c'], ''],
    [['example.com'], ''],
    [[], ''],
  ])('falls back to the single subjectAltName: %j gives %j', (subjectAltNames, serviceAccount) => {
    const [service] = services({
      hosts: ['a.com'],
      resolution: ServiceEntry_Resolution.STATIC,
      subjectAltNames,
      endpoints: [{ address: '10.0.0.2' }],
    });
    expect(service).toMatchObject({ subjectAltNames, endpoints: [{ serviceAccount }] });
  });
});
