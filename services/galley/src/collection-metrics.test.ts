import { create } from '@bufbuild/protobuf';
import { DESTINATION_RULE, KINDS, makeConfigObject, resourceKey } from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { createMetrics, metricLines } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { COLLECTION_METRICS, observeCollections } from './collection-metrics.ts';
import { createConfigStore } from './store/config-store.ts';
import type { ConfigItem } from './store/source.ts';

function rule(name: string): ConfigItem {
  const resource = { kind: 'DestinationRule', namespace: 'shop', name };
  const spec = create(DestinationRuleSchema, { host: 'a' });
  const object = makeConfigObject({ kind: DESTINATION_RULE, namespace: 'shop', name, spec });
  const origin = { file: 'a.yaml', line: 1 };
  return { kind: 'config', key: resourceKey(resource), resource, origin, object, issues: [] };
}

const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`));

describe('the gauges of collections', () => {
  it('are there for every collection, with classic names', () => {
    const lines = metricLines(COLLECTION_METRICS);
    expect(lines).toHaveLength(KINDS.length);
    for (const name of [
      'galley_istio_authentication_meshpolicies',
      'galley_istio_authentication_policies',
      'galley_istio_mesh_MeshConfig',
      'galley_istio_networking_destinationrules',
      'galley_istio_networking_envoyfilters',
      'galley_istio_networking_gateways',
      'galley_istio_networking_sidecars',
      'galley_istio_networking_virtualservices',
      'galley_istio_policy_attributemanifests',
      'galley_istio_policy_handlers',
      'galley_istio_policy_instances',
      'galley_istio_policy_rules',
    ])
      expect(lines).toContain(`${name} presentGauge name,namespace,version`);
  });

  it('show each object handed out, and how many there are when they are too many', async () => {
    const metrics = createMetrics();
    const store = createConfigStore({ sources: ['files', 'kube'], lastGood: [] });
    observeCollections(metrics, store);
    const take = (source: string, put: readonly ConfigItem[]) =>
      store.take({ source, synced: true, put, removed: [] });
    const shown = async () => linesOf(await metrics.text(), 'galley_istio_networking_destinationrules');
    take('files', [rule('r0'), rule('r1')]);
    expect(await shown()).toEqual([]);
    take('kube', []);
    expect(await shown()).toEqual([
      'galley_istio_networking_destinationrules{name="r0",namespace="shop",version="v1alpha3"} 1',
      'galley_istio_networking_destinationrules{name="r1",namespace="shop",version="v1alpha3"} 1',
    ]);
    const many = Array.from({ length: 1001 }, (_, index) => rule(`r${index}`));
    take('files', many);
    expect(await shown()).toEqual([
      'galley_istio_networking_destinationrules{name="",namespace="",version="v1alpha3"} 1001',
    ]);
    store.take({ source: 'files', synced: true, put: [], removed: many.slice(1).map(({ key }) => key) });
    expect(await shown()).toEqual([
      'galley_istio_networking_destinationrules{name="r0",namespace="shop",version="v1alpha3"} 1',
    ]);
  });
});
