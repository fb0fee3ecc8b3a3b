import type { Cluster } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import type { Listener } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import type { RouteConfiguration } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import type { Plan, Sources } from '../plan/types.ts';
import { cluster } from './cluster.ts';
import { listener } from './listener.ts';
import { routeConfiguration } from './route-configuration.ts';

/** One resource as Envoy understands it, and the configuration objects it came from. */
export type Spelled<Message> = {
  readonly name: string;
  readonly message: Message;
  readonly sources: Sources;
};

export type SpelledPlan = {
  readonly clusters: readonly Spelled<Cluster>[];
  readonly listeners: readonly Spelled<Listener>[];
  readonly routes: readonly Spelled<RouteConfiguration>[];
};

/** Says a plan in Envoy's words. Decides nothing: equal plans give equal bytes. */
export function spell(plan: Plan): SpelledPlan {
  return createSpeller()(plan);
}

/**
 * Makes a speller that spells each part of a plan once, as long as the part is in use: proxies that share a part get the
 * same message, and whoever packs messages can tell by that.
 */
export function createSpeller(): (plan: Plan) => SpelledPlan {
  const clusters = once(cluster);
  const listeners = once(listener);
  const routes = once(routeConfiguration);
  return (plan) => ({
    clusters: plan.clusters.map(clusters),
    listeners: plan.listeners.map(listeners),
    routes: plan.routeTables.map(routes),
  });
}

function once<Part extends { readonly name: string; readonly sources: Sources }, Message>(
  make: (part: Part) => Message,
): (part: Part) => Spelled<Message> {
  const made = new WeakMap<Part, Spelled<Message>>();
  return (part) => {
    const spelled = made.get(part) ?? { name: part.name, message: make(part), sources: part.sources };
    made.set(part, spelled);
    return spelled;
  };
}
