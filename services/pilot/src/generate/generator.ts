import type { ConfigObject, Issue } from '@quintet/model';
import type { ClusterLoadAssignment } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import type { ProxyNode } from '@quintet/proxy';
import type { SpelledPlan } from '../envoy/spell.ts';

/** Makes what proxies are handed out of configuration. The pure stages stand behind it. */
export type Generator = {
  /** Indexes a set of objects; `previous` is the world before, whose unchanged parts are used again. */
  readonly build: (objects: Iterable<ConfigObject>, previous: World | undefined) => World;
};

/** The configuration of one moment. */
export type World = {
  /** What is wrong with the configuration, whichever proxy asks. */
  readonly issues: readonly Issue[];
  /** Changes whenever any endpoint does, and with nothing else. */
  readonly endpointsKey: string;
  readonly viewFor: (proxy: ProxyNode) => ProxyView;
};

/** What one proxy sees of a world. */
export type ProxyView = {
  /** Equal keys give equal spellings, whichever world and proxy they come from. */
  readonly key: string;
  readonly spell: () => Spelling;
};

/** Everything a proxy is handed except endpoints, which go their own short way. */
export type Spelling = SpelledPlan & {
  readonly issues: readonly Issue[];
  /** The endpoints of a cluster in a world; nothing for clusters that carry their own. */
  readonly endpointsIn: (world: World, cluster: string) => EndpointSource | undefined;
};

/** Endpoints to be made when they are not known yet. */
export type EndpointSource = {
  /** Equal keys in worlds of equal `endpointsKey` give equal endpoints. */
  readonly key: string;
  readonly make: () => ClusterLoadAssignment;
};
