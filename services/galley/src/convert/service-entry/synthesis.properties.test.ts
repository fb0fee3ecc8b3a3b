import { type NativeChange, type NativeObject, nativeKey, resourceKey } from '@quintet/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { native, pod, service, slice } from '../testing-native.ts';
import { createServiceSynthesis } from './synthesis.ts';

const SETTINGS = {
  domain: 'cluster.local',
  trustDomain: 'cluster.local',
  clusterId: 'Kubernetes',
  rootNamespace: 'istio-system',
};

const name = fc.constantFrom('a', 'b', 'c');
const ip = fc.constantFrom('10.2.0.1', '10.2.0.2', '10.2.0.3');
const node = fc.constantFrom('n1', 'n2');
const endpoint = fc.record({ ip, pod: name, ready: fc.boolean(), node }, { requiredKeys: ['ip'] });

const object: fc.Arbitrary<NativeObject> = fc.oneof(
  fc.tuple(name, fc.boolean(), fc.boolean()).map(([own, publishNotReadyAddresses, second]) =>
    service(`shop/${own}`, {
      publishNotReadyAddresses,
      ports: [{ name: 'http', port: 80 }, ...(second ? [{ name: 'admin', port: 81 }] : [])],
    }),
  ),
  fc
    .tuple(name, name, fc.array(endpoint, { maxLength: 3 }), fc.constantFrom('IPv4', 'IPv6'))
    .map(([own, of, endpoints, addressType]) => slice(`shop/${own}`, of, endpoints, { addressType })),
  fc.tuple(name, fc.array(ip, { maxLength: 2 }), fc.constantFrom('http', 'admin')).map(([own, ips, port]) =>
    native('Endpoints', `shop/${own}`, {
      subsets: [{ addresses: ips.map((each) => ({ ip: each })), ports: [{ name: port, port: 8080 }] }],
    }),
  ),
  fc
    .tuple(name, ip, name, fc.boolean(), fc.integer({ min: 1, max: 3 }))
    .map(([own, address, serviceAccountName, hostNetwork, day]) =>
      pod(
        `shop/${own}`,
        address,
        { creationTimestamp: `2020-01-0${day}T00:00:00Z` },
        { serviceAccountName, hostNetwork, nodeName: 'n1' },
      ),
    ),
  fc
    .tuple(node, name)
    .map(([own, region]) =>
      native('Node', own, { metadata: { labels: { 'topology.kubernetes.io/region': region } } }),
    ),
  fc
    .constantFrom('net-1', 'net-2')
    .map((network) =>
      native('Namespace', 'istio-system', { metadata: { labels: { 'topology.istio.io/network': network } } }),
    ),
);

const event = fc.record({
  source: fc.constantFrom('files', 'kube', 'kube/east'),
  object,
  remove: fc.boolean(),
});

/** What the sources have, and the changes that events are for them. */
function createWorld() {
  const objects = new Map<string, { source: string; object: NativeObject }>();
  return {
    change({
      source,
      object: given,
      remove,
    }: {
      source: string;
      object: NativeObject;
      remove: boolean;
    }): NativeChange[] {
      const key = `${source} ${nativeKey(given)}`;
      const before = objects.get(key)?.object;
      if (remove) objects.delete(key);
      else objects.set(key, { source, object: given });
      if (before === undefined && remove) return [];
      return [{ source, ...(before && { before }), ...(!remove && { after: given }) }];
    },
    everything: (): NativeChange[] =>
      [...objects.values()].map((each) => ({ source: each.source, after: each.object })),
  };
}

describe('createServiceSynthesis', () => {
  it('gives after any events what it gives of the same objects at once, and hands out no entry that is the same', () => {
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 4 }), { maxLength: 12 }), (batches) => {
        const world = createWorld();
        const synthesis = createServiceSynthesis(SETTINGS);
        const have = new Map<string, string>();
        for (const batch of batches) {
          const { put, removed } = synthesis.apply(batch.flatMap((each) => world.change(each)));
          for (const entry of put) {
            expect(have.get(resourceKey(entry))).not.toBe(entry.version);
            have.set(resourceKey(entry), entry.version);
          }
          for (const key of removed) expect(have.delete(key)).toBe(true);
        }
        const fresh = createServiceSynthesis(SETTINGS).apply(world.everything()).put;
        const expected = fresh.map((entry): [string, string] => [resourceKey(entry), entry.version]);
        expect([...have].toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 500 },
    );
  });
});
