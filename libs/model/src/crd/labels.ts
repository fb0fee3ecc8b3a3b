import type { Kind } from '../kinds/kind.ts';
import { LEGACY_MIXER_KINDS } from '../kinds/mixer.ts';

/** Kinds of the first mixer API that configure a template; the others configure an adapter. */
const LEGACY_INSTANCES: ReadonlySet<string> = new Set([
  'apikey',
  'authorization',
  'checknothing',
  'edge',
  'kubernetes',
  'listentry',
  'logentry',
  'metric',
  'quota',
  'reportnothing',
  'tracespan',
]);
const LEGACY: ReadonlySet<string> = new Set(LEGACY_MIXER_KINDS.map(({ kind }) => kind));

/** What mixer's own kinds are to it. */
const MIXER_ROLES: ReadonlyMap<string, string> = new Map([
  ['attributemanifest', 'core'],
  ['rule', 'core'],
  ['handler', 'mixer-handler'],
  ['instance', 'mixer-instance'],
  ['adapter', 'mixer-adapter'],
  ['template', 'mixer-template'],
]);

/** The labels that the classic manifests have, for those who select by them. */
export function manifestLabels({ kind, group }: Kind): Readonly<Record<string, string>> {
  const release = { release: 'istio' };
  if (group === 'authentication.istio.io') return { app: 'istio-citadel', ...release };
  if (group !== 'config.istio.io') return { app: 'istio-pilot', ...release };
  const role = LEGACY.has(kind)
    ? LEGACY_INSTANCES.has(kind)
      ? 'mixer-instance'
      : 'mixer-adapter'
    : MIXER_ROLES.get(kind);
  return { app: 'mixer', ...release, ...(role !== undefined && { istio: role, package: kind }) };
}

/** The categories by which `kubectl get istio-io` and its narrower siblings find the objects. */
export function categories({ kind, group }: Kind): readonly string[] {
  if (group !== 'config.istio.io') return ['istio-io', group.replaceAll('.', '-')];
  return ['istio-io', LEGACY.has(kind) || MIXER_ROLES.has(kind) ? 'policy-istio-io' : 'apim-istio-io'];
}
