import type { Selection, VersionedType } from '@quintet/kube';
import { KINDS, NATIVE_KINDS, type NativeKind } from '@quintet/model';
import { type ReadingOptions, type ReadKind, readConfigKind, readNativeKind } from './read-item.ts';

/** A kind that is followed in a cluster. */
export type FollowedKind = ReadKind & { readonly type: VersionedType; readonly selection: Selection };

/** What Services are made of, where they run, and what chooses among them. */
const DISCOVERY: readonly NativeKind[] = [
  'Service',
  'EndpointSlice',
  'Endpoints',
  'Pod',
  'Node',
  'Namespace',
];
/** Ingress becomes gateways and virtual services; its backends may name ports of Services. */
const INGRESS: readonly NativeKind[] = ['Ingress', 'IngressClass', 'Service', 'Namespace'];
/** What analysis looks at besides. */
const ANALYSIS: readonly NativeKind[] = ['Namespace', 'Service', 'Pod', 'Deployment'];

/** Pods that have ended are nobody's endpoint. */
const RUNNING_PODS = { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' };

export type KindsToRead = {
  readonly serviceDiscovery: boolean;
  readonly analysis: boolean;
  /** Names of kinds that are left out. */
  readonly excluded: readonly string[];
};

/** The kinds of configuration that are read, of the local cluster only. */
export function configKinds(
  { excluded }: Pick<KindsToRead, 'excluded'>,
  reading: ReadingOptions,
): readonly FollowedKind[] {
  return KINDS.filter((kind) => kind.written && !excluded.includes(kind.kind)).map((kind) => {
    return { ...readConfigKind(kind, reading), type: kind, selection: {} };
  });
}

/** The kinds of Kubernetes itself that are read: of remote clusters those of service discovery. */
export function nativeKinds(
  { serviceDiscovery, analysis, excluded }: KindsToRead,
  where: 'local' | 'remote',
): readonly FollowedKind[] {
  const wanted = new Set<NativeKind>([
    ...(serviceDiscovery ? DISCOVERY : []),
    ...(where === 'local' ? INGRESS : []),
    ...(where === 'local' && analysis ? ANALYSIS : []),
  ]);
  return NATIVE_KINDS.filter(({ kind }) => wanted.has(kind) && !excluded.includes(kind)).map((row) => {
    return { ...readNativeKind(row), type: row, selection: row.kind === 'Pod' ? RUNNING_PODS : {} };
  });
}
