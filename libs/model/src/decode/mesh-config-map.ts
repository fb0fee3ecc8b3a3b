import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { Issue } from '../issue.ts';
import { parseMeshConfig } from './mesh-config-file.ts';
import { parseMeshNetworks } from './mesh-networks-file.ts';
import type { ParsedObject } from './object.ts';

/** Name of the ConfigMap that holds the configuration of the mesh in the classic installation, in any namespace. */
const MESH_CONFIG_MAP_NAME = 'istio';

/** What the ConfigMap holds. */
export type ParsedMeshConfigMap = {
  /** Absent where there is no key `mesh`, or an error under it. */
  readonly meshConfig?: MeshConfig;
  /** Of both keys. They are about the ConfigMap, on the line of the key; their paths begin with it: `data.mesh.…`. */
  readonly issues: readonly Issue[];
};

/**
 * Reads the texts under `mesh` and `meshNetworks` of the ConfigMap `istio`, which are files of the mesh. Undefined for
 * every other object.
 */
export function parseMeshConfigMap(parsed: ParsedObject): ParsedMeshConfigMap | undefined {
  const { native } = parsed;
  if (native?.kind !== 'ConfigMap' || native.name !== MESH_CONFIG_MAP_NAME) return undefined;
  const { mesh, meshNetworks } = native.spec.data;
  const config = mesh === undefined ? undefined : parseMeshConfig(mesh, { file: '' });
  const networks = meshNetworks === undefined ? undefined : parseMeshNetworks(meshNetworks, { file: '' });
  return {
    ...(config?.object && { meshConfig: config.object.spec }),
    issues: [
      ...(config?.issues ?? []).map((issue) => inMap(issue, 'data.mesh', parsed)),
      ...(networks?.issues ?? []).map((issue) => inMap(issue, 'data.meshNetworks', parsed)),
    ],
  };
}

/** An issue of a text as one of the ConfigMap that it stands in; what a cluster holds stands on no line. */
function inMap(issue: Issue, key: string, { native, resource, lineOf }: ParsedObject): Issue {
  const { origin: _, resource: __, ...rest } = issue;
  return {
    ...rest,
    path: issue.path === '' ? key : `${key}.${issue.path}`,
    ...(resource && { resource }),
    ...(native?.origin && { origin: { file: native.origin.file, line: lineOf(key) } }),
  };
}
