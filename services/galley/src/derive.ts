import { DEFAULT_TRUST_DOMAIN, isOfSchema, MESH_CONFIG, MESH_NETWORKS } from '@quintet/model';
import type { SynthesisSettings } from './convert/service-entry/settings.ts';
import { createServiceSynthesis } from './convert/service-entry/synthesis.ts';
import type { Derive } from './store/config-store.ts';
import type { ConfigChange } from './store/entry.ts';

export type DeriveOptions = {
  readonly domain: string;
  /** Id of the own cluster. */
  readonly clusterId: string;
  readonly rootNamespace: string;
};

/**
 * What is made of other objects: service entries of the Services, endpoints, pods and nodes of Kubernetes, as the mesh
 * configuration and the networks of the mesh ask for.
 */
export function createDerive(options: DeriveOptions): Derive {
  let settings: SynthesisSettings = { ...options, trustDomain: DEFAULT_TRUST_DOMAIN };
  const services = createServiceSynthesis(settings);
  return ({ native, config }) => {
    const next = settingsAfter(settings, config, options);
    const others = next === settings ? undefined : services.reconfigure(next);
    settings = next;
    const changed = services.apply(native);
    return {
      put: [...(others?.put ?? []), ...changed.put],
      removed: [...(others?.removed ?? []), ...changed.removed],
    };
  };
}

function settingsAfter(
  settings: SynthesisSettings,
  changes: readonly ConfigChange[],
  options: DeriveOptions,
): SynthesisSettings {
  let next = settings;
  for (const { before, after } of changes) {
    if (after !== undefined && isOfSchema(after, MESH_CONFIG.schema)) {
      const trustDomain = after.spec.trustDomain || DEFAULT_TRUST_DOMAIN;
      next = { ...next, trustDomain, rootNamespace: after.spec.rootNamespace || options.rootNamespace };
    } else if ((after ?? before)?.collection === MESH_NETWORKS.collection) {
      const { networks: _, ...rest } = next;
      const networks =
        after !== undefined && isOfSchema(after, MESH_NETWORKS.schema) ? after.spec : undefined;
      next = { ...rest, ...(networks && { networks }) };
    }
  }
  return next;
}
