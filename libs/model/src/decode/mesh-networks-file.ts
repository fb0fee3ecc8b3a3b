import { create } from '@bufbuild/protobuf';
import { type MeshNetworks, MeshNetworksSchema } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Issue } from '../issue.ts';
import { MESH_NETWORKS, MESH_NETWORKS_NAME } from '../kinds/mesh.ts';
import { parseMeshFile } from './mesh-file.ts';

/** The networks of a file, if it has no error, and everything there is to say about it. */
export type ParsedMeshNetworks = {
  readonly object?: ConfigObject<MeshNetworks>;
  readonly issues: readonly Issue[];
};

/**
 * Reads a file of mesh networks: one document `networks: {NAME: {endpoints, gateways}}`, as under `meshNetworks` in
 * the ConfigMap `istio`. An empty file is a mesh of one network.
 */
export function parseMeshNetworks(text: string, options: { readonly file: string }): ParsedMeshNetworks {
  const defaults = create(MeshNetworksSchema);
  return parseMeshFile(text, { ...options, kind: MESH_NETWORKS, name: MESH_NETWORKS_NAME, defaults });
}
