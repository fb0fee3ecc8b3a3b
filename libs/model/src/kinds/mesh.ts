import { MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { validateMeshConfig } from '../validate/mesh-config.ts';
import { defineKind } from './kind.ts';

/** Namespace and name under which the one mesh configuration is handed out. */
export const MESH_CONFIG_NAME = { namespace: 'istio-system', name: 'meshconfig' } as const;

/** The mesh configuration: a file of its own (or the ConfigMap `istio`), not an object among others. */
export const MESH_CONFIG = defineKind({
  group: 'mesh.istio.io',
  versions: ['v1alpha1'],
  kind: 'MeshConfig',
  plural: 'meshconfigs',
  collection: 'istio/mesh/v1alpha1/MeshConfig',
  schema: MeshConfigSchema,
  written: false,
  validate: validateMeshConfig,
});
