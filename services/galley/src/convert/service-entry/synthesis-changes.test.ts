import type { NativeChange } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { entrySpec, native, pod, service, slice } from '../testing-native.ts';
import { ENDPOINTS_VERSION, SERVICE_VERSION } from './make-entry.ts';
import { createServiceSynthesis } from './synthesis.ts';
import { NODE, POD, POD_METADATA, put, REVIEWS, SETTINGS, SLICE } from './testing-world.ts';

describe('changes', () => {
  it('hand out nothing when nothing that matters changed', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    synthesis.apply(put('kube', REVIEWS, POD, SLICE, NODE));
    const running = pod(`shop/${POD.name}`, '10.2.0.1', { ...POD_METADATA, resourceVersion: '2' });
    expect(synthesis.apply([{ source: 'kube', before: POD, after: running }])).toEqual({
      put: [],
      removed: [],
    });
  });

  it('tell a change of endpoints from a change of the service', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    const versions = (changes: NativeChange[]) => {
      const [entry] = synthesis.apply(changes).put;
      return [entry?.annotations[SERVICE_VERSION], entry?.annotations[ENDPOINTS_VERSION]];
    };
    const [service1, endpoints1] = versions(
      put('kube', REVIEWS, slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }])),
    );
    const [service2, endpoints2] = versions(put('kube', slice('shop/s', 'reviews', [{ ip: '10.2.0.2' }])));
    const [service3, endpoints3] = versions(put('kube', service('shop/reviews', { clusterIP: '10.1.0.2' })));
    expect([service2, endpoints3]).toEqual([service1, endpoints2]);
    expect(endpoints2).not.toBe(endpoints1);
    expect(service3).not.toBe(service2);
  });

  it('follow a node that gets another place', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    synthesis.apply(put('kube', REVIEWS, service('shop/idle'), POD, SLICE, NODE));
    const moved = native('Node', 'node-1', {
      metadata: { labels: { 'topology.kubernetes.io/region': 'us' } },
    });
    const { put: changed } = synthesis.apply([{ source: 'kube', before: NODE, after: moved }]);
    expect(changed.map((each) => [each.name, entrySpec(each).endpoints[0]?.locality])).toEqual([
      ['reviews', 'us'],
    ]);
  });

  it('remove the entry with its Service', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    synthesis.apply(put('kube', REVIEWS, POD, SLICE));
    expect(synthesis.apply([{ source: 'kube', before: REVIEWS }])).toEqual({
      put: [],
      removed: ['SyntheticServiceEntry/shop/reviews'],
    });
  });

  it('take another trust domain over', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    synthesis.apply(put('kube', REVIEWS, POD, SLICE));
    const [entry] = synthesis.reconfigure({ ...SETTINGS, trustDomain: 'other' }).put;
    expect(entrySpec(entry).subjectAltNames).toEqual(['spiffe://other/ns/shop/sa/sa']);
    expect(synthesis.reconfigure({ ...SETTINGS, trustDomain: 'other' })).toEqual({ put: [], removed: [] });
  });
});

describe('several clusters', () => {
  it('make one entry of a service, each endpoint with its cluster', () => {
    const synthesis = createServiceSynthesis(SETTINGS);
    synthesis.apply(put('kube/east', service('shop/reviews', { clusterIP: '10.7.0.1' }), POD, SLICE));
    const [entry] = synthesis.apply(
      put('kube', REVIEWS, slice('shop/s', 'reviews', [{ ip: '10.2.0.1' }])),
    ).put;
    expect(entrySpec(entry)).toMatchObject({
      addresses: ['10.1.0.1'],
      subjectAltNames: ['spiffe://cluster.local/ns/shop/sa/sa'],
    });
    const places = entrySpec(entry).endpoints.map((each) => [
      each.address,
      each.labels['topology.istio.io/cluster'],
    ]);
    expect(places.toSorted()).toEqual([
      ['10.2.0.1', 'Kubernetes'],
      ['10.2.0.1', 'east'],
    ]);
    const [rest] = synthesis.apply([{ source: 'kube', before: REVIEWS }]).put;
    expect(entrySpec(rest).addresses).toEqual(['10.7.0.1']);
  });
});
