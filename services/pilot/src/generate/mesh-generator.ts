import { type ConfigObject, isOfSchema, MESH_CONFIG, meshConfigWithDefaults } from '@quintet/model';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ProxyNode } from '@quintet/proxy';
import { loadAssignment } from '../envoy/load-assignment.ts';
import { createSpeller } from '../envoy/spell.ts';
import type { ClusterPlan, EndpointSelection } from '../plan/cluster-types.ts';
import { endpointsFor } from '../plan/endpoints-for.ts';
import { planProxy } from '../plan/plan-proxy.ts';
import { createSharedPlans, type SharedPlans } from '../plan/shared-plans.ts';
import { scopeFor } from '../scope/scope-for.ts';
import { buildSnapshot } from '../snapshot/build-snapshot.ts';
import type { Snapshot } from '../snapshot/types.ts';
import type { Generator, ProxyView, Spelling, World } from './generator.ts';

export type MeshGeneratorOptions = {
  /** DNS domain of the mesh's own services. */
  readonly domain: string;
  /** Trust domain where the mesh config names none. */
  readonly trustDomain: string;
  /** Percentage of requests traced where the mesh config does not say. */
  readonly traceSampling: number;
};

/** How the endpoints of a cluster are found; `key` stands for the cluster's name and the selection. */
type Discovered = { readonly selection: EndpointSelection; readonly key: string };

type MeshWorld = World & { readonly snapshot: Snapshot; readonly shared: SharedPlans };

/** The stages in their order: snapshot, scope, plan, envoy. */
export function createMeshGenerator(options: MeshGeneratorOptions): Generator {
  const worlds = new WeakMap<World, MeshWorld>();
  const spell = createSpeller();
  const discoveries = new WeakMap<ClusterPlan, Discovered>();
  return {
    build(objects, previous) {
      const before = previous === undefined ? undefined : worlds.get(previous);
      const world = buildWorld([...objects], options, before);
      worlds.set(world, world);
      return world;
    },
  };

  function buildWorld(
    objects: readonly ConfigObject[],
    { domain, trustDomain, traceSampling }: MeshGeneratorOptions,
    before: MeshWorld | undefined,
  ): MeshWorld {
    const snapshot = buildSnapshot({
      objects,
      meshConfig: meshConfigOf(objects, trustDomain),
      domain,
      traceSampling,
      ...(before && { previous: before.snapshot }),
    });
    const shared = createSharedPlans(before?.shared);
    return {
      snapshot,
      shared,
      issues: snapshot.issues,
      endpointsKey: snapshot.registry.endpoints.key,
      viewFor: (proxy) => viewOf(snapshot, shared, proxy),
    };
  }

  function viewOf(snapshot: Snapshot, shared: SharedPlans, proxy: ProxyNode): ProxyView {
    const scope = scopeFor(snapshot, proxy);
    return {
      key: scope.key,
      spell(): Spelling {
        const plan = planProxy(scope, { shared });
        const discovered = new Map<string, Discovered>();
        for (const cluster of plan.clusters) {
          const discovery = discoveryOf(cluster);
          if (discovery !== undefined) discovered.set(cluster.name, discovery);
        }
        return { ...spell(plan), issues: plan.issues, endpointsIn: endpointsOf(discovered) };
      },
    };
  }

  /** Once for each cluster, however many proxies have it. */
  function discoveryOf(cluster: ClusterPlan): Discovered | undefined {
    const { name, discovery } = cluster;
    if (discovery.kind !== 'endpoints') return undefined;
    const { selection } = discovery;
    const discovered = discoveries.get(cluster) ?? { selection, key: `${name} ${JSON.stringify(selection)}` };
    discoveries.set(cluster, discovered);
    return discovered;
  }

  function endpointsOf(discovered: ReadonlyMap<string, Discovered>): Spelling['endpointsIn'] {
    return (world, cluster) => {
      const known = discovered.get(cluster);
      const snapshot = worlds.get(world)?.snapshot;
      if (known === undefined || snapshot === undefined) return undefined;
      const { key, selection } = known;
      return { key, make: () => loadAssignment(cluster, endpointsFor(snapshot, selection)) };
    };
  }
}

function meshConfigOf(objects: readonly ConfigObject[], trustDomain: string): MeshConfig {
  const written = objects.find((object) => isOfSchema(object, MESH_CONFIG.schema));
  const config = meshConfigWithDefaults(
    written !== undefined && isOfSchema(written, MESH_CONFIG.schema) ? written.spec : {},
  );
  if (config.trustDomain === '') config.trustDomain = trustDomain;
  return config;
}
