import type { ConfigObject, ResourceRef } from '@quintet/model';
import type { ValuesOf } from '@quintet/runtime';
import type { CONFIG } from '../config.ts';
import { createDerivation } from '../convert/derivation.ts';
import { MESH_CONFIG_RESOURCE, MESH_NETWORKS_RESOURCE } from '../source/files/mesh-source.ts';
import type { Sources } from '../source/sources.ts';
import { type ConfigStore, createConfigStore } from './config-store.ts';

type Flags = Pick<
  ValuesOf<(typeof CONFIG)['options']>,
  'domain' | 'clusterId' | 'enableServiceDiscovery' | 'meshNetworksFile'
>;

/** The store of these sources, with what is made of their Services and Ingresses. */
export function createStore(options: {
  readonly config: Flags;
  readonly sources: Pick<Sources, 'all' | 'kube'>;
  readonly lastGood: readonly ConfigObject[];
}): ConfigStore {
  const { config, sources, lastGood } = options;
  const derivation = createDerivation({
    domain: config.domain,
    clusterId: config.clusterId,
    services: config.enableServiceDiscovery || sources.kube === undefined,
  });
  return createConfigStore({
    sources: sources.all.map(({ name }) => name),
    lastGood,
    required: requiredObjects(config),
    derive: (change) => ({ ...derivation.apply(change), issues: derivation.issues() }),
  });
}

/** Without these nothing is handed out: a file of the mesh that is wrong may ask for more than the defaults. */
function requiredObjects({ meshNetworksFile }: Flags): ResourceRef[] {
  return [MESH_CONFIG_RESOURCE, ...(meshNetworksFile === undefined ? [] : [MESH_NETWORKS_RESOURCE])];
}
