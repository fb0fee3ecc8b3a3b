import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Issue } from '../issue.ts';
import { MESH_CONFIG, MESH_CONFIG_NAME } from '../kinds/mesh.ts';
import { meshConfigWithDefaults } from '../mesh-config.ts';
import { parseMeshFile } from './mesh-file.ts';

/** The mesh configuration of a file, if it has no error, and everything there is to say about it. */
export type ParsedMeshConfig = {
  readonly object?: ConfigObject<MeshConfig>;
  readonly issues: readonly Issue[];
};

/**
 * Reads a mesh configuration file: one document with the fields of MeshConfig, as in the ConfigMap `istio`. What is
 * not written has the classic default; an empty file is the defaults.
 */
export function parseMeshConfig(text: string, options: { readonly file: string }): ParsedMeshConfig {
  return parseMeshFile(text, {
    ...options,
    kind: MESH_CONFIG,
    name: MESH_CONFIG_NAME,
    defaults: meshConfigWithDefaults(),
  });
}
