import { create } from '@bufbuild/protobuf';
import { Cluster_DiscoveryType, ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ClusterLoadAssignmentSchema } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { nodeFromMetadata, type ProxyNode } from '@quintet/proxy';
import { CLUSTER_TYPE, ENDPOINT_TYPE } from '@quintet/xds';
import { describe, expect, it } from 'vitest';
import type { Generator, World } from '../generate/generator.ts';
import { createPress } from '../wire/press.ts';
import { createPublisher } from './publisher.ts';

/** A world of one cluster for everybody; what it counts shows what was made how often. */
function setUp() {
  const counts = { spelled: 0, endpoints: 0 };
  const next = { cluster: 'a', zone: 'z1', fails: false, spellFails: false };
  const generator: Generator = {
    build(): World {
      if (next.fails) throw new Error('no world');
      const { cluster, zone, spellFails } = next;
      return {
        issues: [],
        endpointsKey: zone,
        viewFor: () => ({
          key: cluster,
          spell() {
            if (spellFails) throw new Error('no spelling');
            counts.spelled += 1;
            return spelling(cluster, zone, () => {
              counts.endpoints += 1;
            });
          },
        }),
      };
    },
  };
  const bugs: string[] = [];
  const publisher = createPublisher({
    generator,
    press: createPress(envoyRegistry),
    staticClusters: new Set(),
    onIssues: () => undefined,
    onBug: (stage, error) => bugs.push(`${stage}: ${error instanceof Error ? error.message : ''}`),
  });
  return { publisher, next, counts, bugs };
}

function spelling(name: string, _zone: string, made: () => void) {
  const clusterDiscoveryType = { case: 'type' as const, value: Cluster_DiscoveryType.EDS };
  const edsClusterConfig = { edsConfig: { configSourceSpecifier: { case: 'ads' as const, value: {} } } };
  const message = create(ClusterSchema, { name, clusterDiscoveryType, edsClusterConfig });
  return {
    clusters: [{ name, message, sources: [] }],
    listeners: [],
    routes: [],
    issues: [],
    endpointsIn: ({ endpointsKey }: World, cluster: string) => ({
      key: cluster,
      make() {
        made();
        const locality = { zone: endpointsKey };
        return create(ClusterLoadAssignmentSchema, { clusterName: cluster, endpoints: [{ locality }] });
      },
    }),
  };
}

function proxy(id: string): ProxyNode {
  const read = nodeFromMetadata({ id: `sidecar~10.0.0.1~${id}.ns~ns.svc.cluster.local` });
  if (!read.ok) throw new Error(read.problems.join());
  return read.proxy;
}

describe('createPublisher', () => {
  it('has nothing before the first world, and tells of each new one', () => {
    const { publisher } = setUp();
    const feed = publisher.open(proxy('a'));
    let told = 0;
    const stop = feed.subscribe(() => {
      told += 1;
    });
    expect(feed.state()).toBeUndefined();
    publisher.publish([]);
    expect(feed.state()?.set.get(CLUSTER_TYPE)?.resources.has('a')).toBe(true);
    stop();
    publisher.publish([]);
    expect(told).toBe(1);
    expect(publisher.revision()).toBe(2);
  });

  it('makes what proxies share once', () => {
    const { publisher, counts } = setUp();
    publisher.publish([]);
    const [one, two] = [publisher.open(proxy('a')).state(), publisher.open(proxy('b')).state()];
    expect(two?.set.get(CLUSTER_TYPE)).toBe(one?.set.get(CLUSTER_TYPE));
    const endpoints = (state: typeof one) => state?.set.get(ENDPOINT_TYPE)?.resources.get('a');
    expect(endpoints(two)).toBe(endpoints(one));
    expect(counts).toEqual({ spelled: 1, endpoints: 1 });
  });

  it('makes only endpoints anew when only they change', () => {
    const { publisher, counts, next } = setUp();
    publisher.publish([]);
    const feed = publisher.open(proxy('a'));
    const before = feed.state();
    next.zone = 'z2';
    publisher.publish([]);
    const after = feed.state();
    expect(after?.set.get(CLUSTER_TYPE)).toBe(before?.set.get(CLUSTER_TYPE));
    expect(after?.set.get(ENDPOINT_TYPE)?.version).not.toBe(before?.set.get(ENDPOINT_TYPE)?.version);
    expect(counts).toEqual({ spelled: 1, endpoints: 2 });
  });

  it('keeps what was good when a stage throws, and says so', () => {
    const { publisher, next, bugs } = setUp();
    publisher.publish([]);
    const feed = publisher.open(proxy('a'));
    const good = feed.state();
    next.fails = true;
    publisher.publish([]);
    expect(feed.state()).toBe(good);
    next.fails = false;
    next.spellFails = true;
    next.cluster = 'b';
    publisher.publish([]);
    expect(feed.state()).toBe(good);
    expect(feed.state()).toBe(good);
    next.spellFails = false;
    publisher.publish([]);
    expect(feed.state()?.set.get(CLUSTER_TYPE)?.resources.has('b')).toBe(true);
    expect(bugs).toEqual(['snapshot: no world', 'proxy: no spelling']);
  });
});
