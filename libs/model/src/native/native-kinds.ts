import type { NativeKind } from './native-object.ts';

/** One kind of Kubernetes that we read: a row of the table. */
export type NativeKindRow = {
  readonly kind: NativeKind;
  /** API group; empty for the core group. */
  readonly group: string;
  /** Versions that are read, the one to ask an API server for first. */
  readonly versions: readonly string[];
  /** Older groups and versions, as `group/version`, that are read from files. */
  readonly formerly: readonly string[];
  readonly plural: string;
  readonly scope: 'namespace' | 'cluster';
};

const CORE = { group: '', versions: ['v1'], formerly: [], scope: 'namespace' } as const;

/** Every kind of Kubernetes that we read, of any source. */
export const NATIVE_KINDS: readonly NativeKindRow[] = [
  { ...CORE, kind: 'Namespace', plural: 'namespaces', scope: 'cluster' },
  { ...CORE, kind: 'Node', plural: 'nodes', scope: 'cluster' },
  { ...CORE, kind: 'Service', plural: 'services' },
  { ...CORE, kind: 'Endpoints', plural: 'endpoints' },
  { ...CORE, kind: 'EndpointSlice', plural: 'endpointslices', group: 'discovery.k8s.io' },
  { ...CORE, kind: 'Pod', plural: 'pods' },
  { ...CORE, kind: 'Secret', plural: 'secrets' },
  { ...CORE, kind: 'ConfigMap', plural: 'configmaps' },
  {
    kind: 'Ingress',
    group: 'networking.k8s.io',
    versions: ['v1'],
    formerly: ['networking.k8s.io/v1beta1', 'extensions/v1beta1'],
    plural: 'ingresses',
    scope: 'namespace',
  },
  {
    kind: 'IngressClass',
    group: 'networking.k8s.io',
    versions: ['v1'],
    formerly: ['networking.k8s.io/v1beta1'],
    plural: 'ingressclasses',
    scope: 'cluster',
  },
  {
    kind: 'Deployment',
    group: 'apps',
    versions: ['v1'],
    formerly: ['apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'],
    plural: 'deployments',
    scope: 'namespace',
  },
];

const BY_API: ReadonlyMap<string, NativeKindRow> = new Map(
  NATIVE_KINDS.flatMap((row) => [
    ...row.versions.map((version): [string, NativeKindRow] => [
      apiKey(row.group === '' ? version : `${row.group}/${version}`, row.kind),
      row,
    ]),
    ...row.formerly.map((apiVersion): [string, NativeKindRow] => [apiKey(apiVersion, row.kind), row]),
  ]),
);

/** The row of a kind by its apiVersion and kind as written; undefined for everything that we do not read. */
export function nativeKindOf(apiVersion: string, kind: string): NativeKindRow | undefined {
  return BY_API.get(apiKey(apiVersion, kind));
}

function apiKey(apiVersion: string, kind: string): string {
  return `${apiVersion} ${kind}`;
}
