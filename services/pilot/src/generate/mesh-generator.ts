import { type ConfigObject, isOfSchema, MESH_CONFIG, meshConfigWithDefaults } from '@quintet/model';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ProxyNode } from '@quintet/proxy';
import { loadAssignment } from '../envoy/load-assignment.ts';
import { spell } from '../envoy/spell.ts';
import type { EndpointSelection } from '../plan/cluster-types.ts';
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

type MeshWorld = World & { readonly snapshot: Snapshot; readonly shared: SharedPlans };

/** The stages in their order: snapshot, scope, plan, envoy. */
export function createMeshGenerator(options: MeshGeneratorOptions): Generator {
  const worlds = new WeakMap<World, MeshWorld>();
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
        const selections = new Map<string, EndpointSelection>();
        for (const { name, discovery } of plan.clusters) {
          if (discovery.kind === 'endpoints') selections.set(name, discovery.selection);
        }
        return { ...spell(plan), issues: plan.issues, endpointsIn: endpointsOf(selections) };
      },
    };
  }

  function endpointsOf(selections: ReadonlyMap<string, EndpointSelection>): Spelling['endpointsIn'] {
    const keys = new Map(
      [...selections].map(([name, selection]) => [name, `${name} ${JSON.stringify(selection)}`]),
    );
    return (world, cluster) => {
      const selection = selections.get(cluster);
      const key = keys.get(cluster);
      const snapshot = worlds.get(world)?.snapshot;
      if (selection === undefined || key === undefined || snapshot === undefined) return undefined;
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
