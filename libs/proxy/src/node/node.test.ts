import { describe, expect, it } from 'vitest';
import { formatNodeId, parseNodeId } from './node-id.ts';
import type { ProxyNode } from './proxy-node.ts';
import { nodeFromMetadata } from './read-node.ts';
import { writeMetadata, writeNode } from './write-node.ts';

const proxy: ProxyNode = {
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
  locality: 'north/n1/rack-4',
  version: '',
  metadata: {},
};

const ID = 'sidecar~127.20.1.3~reviews-v1.default~default.svc.cluster.local';

describe('node id', () => {
  it('is written in four parts', () => expect(formatNodeId(proxy)).toBe(ID));

  it.each([
    [ID, { type: 'sidecar', address: '127.20.1.3', name: 'reviews-v1', namespace: 'default' }],
    ['router~10.0.0.1~gw.a.b.istio-system~x', { type: 'router', name: 'gw.a.b', namespace: 'istio-system' }],
    ['sidecar~10.0.0.1~lonely~x', { name: 'lonely', namespace: '' }],
  ])('%s is read', (id, parts) => expect(parseNodeId(id)).toMatchObject(parts));

  it.each([
    '',
    'a',
    'ingress~1.1.1.1~a.b~c',
    'sidecar~1.1.1.1~a.b',
    'sidecar~1.1.1.1~a.b~c~d',
    'sidecar~1.1.1.1~~c',
  ])('%j is refused', (id) => expect(parseNodeId(id)).toBeUndefined());
});

describe('nodeFromMetadata', () => {
  it('reads what writeNode wrote', () => {
    const metadata = writeMetadata(proxy);
    const written = writeNode(proxy, 'reviews.default');
    expect(written).toMatchObject({
      id: ID,
      cluster: 'reviews.default',
      locality: { region: 'north', zone: 'n1', sub_zone: 'rack-4' },
    });
    const read = nodeFromMetadata({
      id: ID,
      metadata,
      locality: { region: 'north', zone: 'n1', subZone: 'rack-4' },
    });
    expect(read).toEqual({ ok: true, proxy: { ...proxy, metadata } });
  });

  it('fills in what an old proxy leaves out', () => {
    const read = nodeFromMetadata({ id: 'router~10.0.0.9~gw-1.istio-system~istio-system.svc.cluster.local' });
    expect(read).toMatchObject({
      ok: true,
      proxy: {
        addresses: ['10.0.0.9'],
        configNamespace: 'istio-system',
        interceptionMode: 'REDIRECT',
        workloadName: 'gw-1',
        labels: {},
        locality: '',
      },
    });
  });

  it.each([
    ['region.zone', 'region/zone'],
    ['a/b.c', 'a/b.c'],
  ])('reads the locality label %s', (label, locality) => {
    expect(nodeFromMetadata({ id: ID, metadata: { 'istio-locality': label } })).toMatchObject({
      proxy: { locality },
    });
  });

  it.each([
    [{ NAMESPACE: 'other' }, 'the node id names namespace "default", metadata NAMESPACE "other"'],
    [
      { INTERCEPTION_MODE: 'MAGIC' },
      'metadata INTERCEPTION_MODE is "MAGIC", expected REDIRECT, TPROXY, NONE',
    ],
    [{ INSTANCE_IPS: '10.0.0.1, x' }, '"x" is not an IP address'],
    [{ LABELS: 'app=a' }, 'metadata LABELS is a string, expected an object of strings'],
    [{ LABELS: { app: 1 } }, 'metadata LABELS["app"] is a number, expected a string'],
    [{ SERVICE_ACCOUNT: ['a'] }, 'metadata SERVICE_ACCOUNT is a list, expected a string'],
  ])('refuses metadata %j', (metadata, problem) => {
    expect(nodeFromMetadata({ id: ID, metadata })).toEqual({ ok: false, problems: [problem] });
  });

  it('reports all problems at once and clips what a stranger sent', () => {
    const read = nodeFromMetadata({
      id: ID,
      metadata: { MESH_ID: 1, LABELS: [], INTERCEPTION_MODE: 'x'.repeat(1000) },
    });
    expect(read).toMatchObject({ ok: false });
    if (read.ok) return;
    expect(read.problems).toHaveLength(3);
    expect(Math.max(...read.problems.map((problem) => problem.length))).toBeLessThan(200);
    expect(nodeFromMetadata({ id: 'y'.repeat(10_000) })).toMatchObject({ ok: false });
  });
});
