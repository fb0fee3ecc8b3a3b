import type { Issue } from '@quintet/model';
import {
  type ClusterLoadAssignment,
  ClusterLoadAssignmentSchema,
} from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import { CLUSTER_TYPE, ENDPOINT_TYPE, type WireResource, type WireSet, type WireType } from '@quintet/xds';
import { heldBackIssues, type Provenance, sameOrNew } from './assemble.ts';
import type { Press, Pressed } from './press.ts';

/** Endpoints of clusters, made once and used for every proxy that has the cluster in the same version. */
export type EndpointShelf = {
  /** `key` stands for the selection of endpoints. */
  readonly take: (cluster: WireResource, key: string, make: () => Pressed) => Pressed;
};

/** A shelf for one state of the endpoints. */
export function createEndpointShelf(): EndpointShelf {
  const shelf = new WeakMap<WireResource, Map<string, Pressed>>();
  return {
    take(cluster, key, make) {
      const ofCluster = shelf.get(cluster) ?? new Map<string, Pressed>();
      shelf.set(cluster, ofCluster);
      const pressed = ofCluster.get(key) ?? make();
      ofCluster.set(key, pressed);
      return pressed;
    },
  };
}

export type EndpointsInput = {
  /** The clusters that are handed out. */
  readonly clusters: WireType | undefined;
  readonly provenance: Provenance;
  /** The endpoints of a cluster; nothing for one that is not known any more. */
  readonly source: (
    cluster: string,
  ) => { readonly key: string; readonly make: () => ClusterLoadAssignment } | undefined;
  readonly press: Press;
  readonly shelf: EndpointShelf;
  readonly last: WireSet | undefined;
};

/**
 * The endpoints for all clusters that are handed out. The version of the cluster goes into that of its
 * endpoints: a changed cluster is followed by them even when they stay the same.
 */
export function assembleEndpoints(input: EndpointsInput): {
  readonly type: WireType;
  readonly issues: readonly Issue[];
} {
  const taken = new Map<string, WireResource>();
  const issues: Issue[] = [];
  const last = input.last?.get(ENDPOINT_TYPE);
  for (const cluster of input.clusters?.resources.values() ?? []) {
    for (const { name } of cluster.needs.filter(({ type }) => type === ENDPOINT_TYPE)) {
      const pressed = endpointsOf(cluster, name, input);
      const isGood = pressed !== undefined && pressed.faults.length === 0;
      const resource = isGood ? pressed.resource : last?.resources.get(name);
      if (resource !== undefined) taken.set(name, resource);
      const sources = input.provenance.get(CLUSTER_TYPE)?.get(cluster.name) ?? [];
      for (const { path, message } of pressed?.faults ?? []) {
        issues.push(...heldBackIssues(ENDPOINT_TYPE, name, sources, `${path}: ${message}`));
      }
    }
  }
  return { type: sameOrNew(taken, last), issues };
}

function endpointsOf(cluster: WireResource, name: string, input: EndpointsInput): Pressed | undefined {
  const source = input.source(cluster.name);
  if (source === undefined) return undefined;
  return input.shelf.take(cluster, source.key, () =>
    input.press.press({
      schema: ClusterLoadAssignmentSchema,
      message: source.make(),
      name,
      mix: cluster.version,
    }),
  );
}
