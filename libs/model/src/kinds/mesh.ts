import { MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { MeshNetworksSchema } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import { validateMeshConfig } from '../validate/mesh-config.ts';
import { validateMeshNetworks } from '../validate/mesh-networks.ts';
import { defineKind } from './kind.ts';
import { normaliseMeshConfig } from './normalise-mesh-config.ts';

const api = { group: 'mesh.istio.io', versions: ['v1alpha1'] } as const;

/** Namespace and name under which the one mesh configuration is handed out. */
export const MESH_CONFIG_NAME = { namespace: 'istio-system', name: 'meshconfig' } as const;

/** Namespace and name under which the networks of the mesh are handed out. */
export const MESH_NETWORKS_NAME = { namespace: 'istio-system', name: 'meshnetworks' } as const;

/** The mesh configuration: a file of its own (or the ConfigMap `istio`), not an object among others. */
export const MESH_CONFIG = defineKind({
  ...api,
  kind: 'MeshConfig',
  plural: 'meshconfigs',
  collection: 'istio/mesh/v1alpha1/MeshConfig',
  schema: MeshConfigSchema,
  written: false,
  normalise: normaliseMeshConfig,
  validate: validateMeshConfig,
});

/** The networks of the mesh and how each is entered: a file of its own (or a key of the ConfigMap `istio`). */
export const MESH_NETWORKS = defineKind({
  ...api,
  kind: 'MeshNetworks',
  plural: 'meshnetworks',
  collection: 'istio/mesh/v1alpha1/MeshNetworks',
  schema: MeshNetworksSchema,
  written: false,
  validate: validateMeshNetworks,
});
