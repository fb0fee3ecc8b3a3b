import {
  type AnalysisWorld,
  assembleWorld,
  MESH_CONFIG,
  type NativeKind,
  type ParsedObject,
  type WorldSource,
} from '@quintet/model';
import type { ConfigStore } from '../store/config-store.ts';
import type { Entry } from '../store/entry.ts';
import type { NativeItem } from '../store/source.ts';

export type HeldWorldOptions = {
  readonly store: Pick<ConfigStore, 'entries' | 'native'>;
  /** Names of the sources; of an object of Kubernetes that several have, the one of the first counts. */
  readonly sources: Iterable<string>;
  /** Whether somebody wrote the mesh configuration; else it is all defaults. */
  readonly meshConfigWritten: boolean;
  /** Whether the cluster was read, and what is not in it does not exist. */
  readonly complete: boolean;
  readonly domain: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/** The source of what galley makes of Services and Ingresses: they themselves are in the world. */
const DERIVED = 'derived';

/** The kinds of Kubernetes that analysers look at. Endpoints, say, change all the time and say nothing to them. */
export const ANALYSED_KINDS: ReadonlySet<NativeKind> = new Set([
  'Namespace',
  'Service',
  'Pod',
  'Deployment',
  'Secret',
]);

/**
 * The world that galley holds: what is handed out, of a held object its last good version. An object that is rejected is
 * there and cannot be read, so that nobody is told that it is missing.
 */
export function heldWorld(options: HeldWorldOptions): AnalysisWorld {
  const { store, sources, meshConfigWritten, complete, domain, now } = options;
  const written = [...store.entries.values()].filter(
    ({ source, resource }) => source !== DERIVED && (meshConfigWritten || resource.kind !== MESH_CONFIG.kind),
  );
  const native = [...sources].map((source) => nativeOf(store, source));
  const worlds = [written.map(parsedEntry), ...native];
  const parsed = worlds.map((each): WorldSource => ({ parsed: each, complete }));
  return assembleWorld({ sources: parsed, domain, now }).world;
}

function parsedEntry({ resource, origin, object }: Entry): ParsedObject {
  return { resource, origin, ...(object && { object }), issues: [], lineOf: () => origin.line };
}

function nativeOf(store: HeldWorldOptions['store'], source: string): readonly ParsedObject[] {
  const items = [...store.native(source).values()];
  return items.filter(({ object }) => ANALYSED_KINDS.has(object.kind)).map(parsedNative);
}

function parsedNative({ object }: NativeItem): ParsedObject {
  const { kind, namespace, name, origin = { file: '', line: 0 } } = object;
  return {
    resource: { kind, namespace, name },
    ...{ origin, native: object, issues: [], lineOf: () => origin.line },
  };
}
