import type { ClusterPlan } from './cluster-types.ts';
import type { RouteTablePlan } from './route-types.ts';

/**
 * Parts of plans that many proxies have in common. Proxies that share a key get the same objects, so that whoever
 * spells and packs them can do it once. A new generation takes over what is asked for again and forgets the rest.
 */
export type SharedPlans = {
  readonly clusters: Shared<readonly ClusterPlan[]>;
  readonly routeTables: Shared<RouteTablePlan>;
};

/** Values by key; `generation` is what a next one can take over. */
export type Shared<Value> = {
  readonly get: (key: string, make: () => Value) => Value;
  readonly generation: ReadonlyMap<string, Value>;
};

/** Starts a generation, usually one for each snapshot, after the one before. */
export function createSharedPlans(previous?: SharedPlans): SharedPlans {
  return {
    clusters: createShared(previous?.clusters.generation),
    routeTables: createShared(previous?.routeTables.generation),
  };
}

function createShared<Value>(before: ReadonlyMap<string, Value> = new Map()): Shared<Value> {
  const generation = new Map<string, Value>();
  return {
    generation,
    get(key, make) {
      const known = generation.get(key) ?? before.get(key) ?? make();
      generation.set(key, known);
      return known;
    },
  };
}
