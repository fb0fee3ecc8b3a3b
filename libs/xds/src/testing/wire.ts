import { create, toBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { wireType } from '../pack.ts';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE } from '../type-urls.ts';
import type { Need, WireResource, WireSet } from '../wire-set.ts';

/** A set for tests in short: cluster, endpoint, listener and route versions by name. */
export type World = {
  /** Each has endpoints of the same name; version of the cluster by name. */
  readonly clusters?: Readonly<Record<string, string>>;
  /** Version of the endpoints by cluster; `1` unless given. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Route tables (`rds:name`) or clusters each listener names. */
  readonly listeners?: Readonly<Record<string, readonly string[]>>;
  /** Clusters each route table names. */
  readonly routes?: Readonly<Record<string, readonly string[]>>;
};

/** Spells a world; the version of a listener or route table is what it names. */
export function worldSet(world: World): WireSet {
  const { clusters = {}, endpoints = {}, listeners = {}, routes = {} } = world;
  const cluster = (name: string, version: string) =>
    fakeResource(name, version, [{ type: ENDPOINT_TYPE, name }]);
  const route = (name: string, names: readonly string[]) =>
    fakeResource(name, names.join(), names.map(toNeed));
  return new Map([
    [CLUSTER_TYPE, wireType(Object.entries(clusters).map(([name, version]) => cluster(name, version)))],
    [
      ENDPOINT_TYPE,
      wireType(Object.keys(clusters).map((name) => fakeResource(name, endpoints[name] ?? '1', []))),
    ],
    [LISTENER_TYPE, wireType(Object.entries(listeners).map(([name, names]) => route(name, names)))],
    [ROUTE_TYPE, wireType(Object.entries(routes).map(([name, names]) => route(name, names)))],
  ]);
}

/** A resource with no real content. */
export function fakeResource(name: string, version: string, needs: readonly Need[]): WireResource {
  const any = create(AnySchema, { typeUrl: `type.googleapis.com/fake/${name}/${version}` });
  return { name, version: version || 'none', needs, bytes: toBinary(AnySchema, any) };
}

function toNeed(name: string): Need {
  return name.startsWith('rds:') ? { type: ROUTE_TYPE, name: name.slice(4) } : { type: CLUSTER_TYPE, name };
}
