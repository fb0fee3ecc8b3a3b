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
  return {
    clusters: plan.clusters.map((one) => spelled(one, cluster(one))),
    listeners: plan.listeners.map((one) => spelled(one, listener(one))),
    routes: plan.routeTables.map((one) => spelled(one, routeConfiguration(one))),
  };
}

function spelled<Message>(plan: { name: string; sources: Sources }, message: Message): Spelled<Message> {
  return { name: plan.name, message, sources: plan.sources };
}
