import {
  type ConfigObject,
  type Issue,
  isOfSchema,
  MESH_CONFIG,
  MESH_NETWORKS,
  meshConfigWithDefaults,
  type NativeChange,
  resourceKey,
} from '@quintet/model';
import { type MeshConfig, MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { type MeshNetworks, MeshNetworksSchema } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import type { Derived } from './derived.ts';
import { createIngressConversion, type IngressSettings } from './ingress/ingress-conversion.ts';
import type { SynthesisSettings } from './service-entry/settings.ts';
import { createServiceSynthesis } from './service-entry/synthesis.ts';

export type DerivationOptions = {
  /** Suffix of the host names of services. */
  readonly domain: string;
  /** Id of the cluster that files and the own API server speak of. */
  readonly clusterId: string;
  /** Whether Services become service entries. Ingresses become configuration in any case. */
  readonly services: boolean;
};

/** What is derived from; `config` matters for the mesh configuration and the networks alone. */
export type DerivationChange = {
  readonly native: readonly NativeChange[];
  readonly config: readonly { readonly before?: ConfigObject; readonly after?: ConfigObject }[];
};

/** Everything that galley makes of objects of Kubernetes. */
export type Derivation = {
  /** Takes changes over, each once; gives exactly the objects that differ. */
  apply(change: DerivationChange): Derived;
  /** What is wrong with objects of Kubernetes that others were made of, or left out of them. The same list until it is another. */
  issues(): readonly Issue[];
};

/** A derivation that knows no objects yet, for a mesh of default configuration. */
export function createDerivation(options: DerivationOptions): Derivation {
  let mesh: MeshSettings = { config: meshConfigWithDefaults() };
  const synthesis = options.services ? createServiceSynthesis(synthesisSettings(options, mesh)) : undefined;
  const ingresses = createIngressConversion(ingressSettings(options, mesh));
  const issues = createJoined();
  return {
    apply: ({ native, config }) => {
      const steps: (Derived | undefined)[] = [];
      const next = config.reduce(meshAfter, mesh);
      if (next !== mesh) {
        mesh = next;
        steps.push(synthesis?.reconfigure(synthesisSettings(options, mesh)));
        steps.push(ingresses.reconfigure(ingressSettings(options, mesh)));
      }
      if (native.length > 0) steps.push(synthesis?.apply(native), ingresses.apply(native));
      return inOrder(steps);
    },
    issues: () => issues(synthesis?.issues() ?? NONE, ingresses.issues()),
  };
}

const NONE: readonly Issue[] = [];

/** Joins two lists, and gives the same list for the same two. */
function createJoined(): (a: readonly Issue[], b: readonly Issue[]) => readonly Issue[] {
  let of: readonly [readonly Issue[], readonly Issue[]] | undefined;
  let joined = NONE;
  return (a, b) => {
    if (of?.[0] !== a || of[1] !== b) joined = [...a, ...b];
    of = [a, b];
    return joined;
  };
}

type MeshSettings = { readonly config: MeshConfig; readonly networks?: MeshNetworks };

/** The same object when the change is about something else. */
function meshAfter(mesh: MeshSettings, { before, after }: DerivationChange['config'][number]): MeshSettings {
  const collection = (after ?? before)?.collection;
  if (collection === MESH_CONFIG.collection) {
    const found = after !== undefined && isOfSchema(after, MeshConfigSchema) ? after.spec : undefined;
    return { ...mesh, config: found ?? meshConfigWithDefaults() };
  }
  if (collection !== MESH_NETWORKS.collection) return mesh;
  const found = after !== undefined && isOfSchema(after, MeshNetworksSchema) ? after.spec : undefined;
  return { config: mesh.config, ...(found && { networks: found }) };
}

function synthesisSettings(
  options: DerivationOptions,
  { config, networks }: MeshSettings,
): SynthesisSettings {
  return {
    domain: options.domain,
    clusterId: options.clusterId,
    trustDomain: config.trustDomain,
    rootNamespace: config.rootNamespace,
    ...(networks && { networks }),
  };
}

function ingressSettings({ domain }: DerivationOptions, { config }: MeshSettings): IngressSettings {
  return { domain, meshConfig: config };
}

/** What several steps come to, one after the other. */
function inOrder(steps: readonly (Derived | undefined)[]): Derived {
  const put = new Map<string, ConfigObject>();
  const removed = new Set<string>();
  for (const step of steps) {
    for (const object of step?.put ?? []) {
      removed.delete(resourceKey(object));
      put.set(resourceKey(object), object);
    }
    for (const key of step?.removed ?? []) {
      put.delete(key);
      removed.add(key);
    }
  }
  return { put: [...put.values()], removed: [...removed] };
}
