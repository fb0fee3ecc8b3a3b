import type { KnownFile } from '@quintet/files';
import type { Snapshots } from '@quintet/mcp';
import type { DebugPage } from '@quintet/runtime';
import type { McpStatus } from './server.ts';
import { showIssue } from './show-issue.ts';
import type { ConfigStore } from './store/config-store.ts';

/** What the pages show. */
export type DebugSources = {
  readonly store: Pick<ConfigStore, 'entries' | 'issues'>;
  /** The files that were read, by path. */
  readonly files: () => Iterable<readonly [string, KnownFile]>;
  readonly snapshots: Snapshots;
  readonly status: McpStatus;
};

/** Galley's pages below `/debug/`. They hold no secret: configuration names files of keys, never keys. */
export function debugPages({ store, files, snapshots, status }: DebugSources): readonly DebugPage[] {
  return [
    {
      path: '/debug/configz',
      description:
        'the files that were read, every object with its state and issues; ?kind=, ?namespace=, ?state= narrow it down',
      show: ({ query }) => ({
        files: [...files()].map(showFile),
        ...showConfig(store, query),
      }),
    },
    {
      path: '/debug/mcpz',
      description: 'the collections handed out, and who reads them',
      show: () => ({
        collections: showCollections(snapshots),
        streams: [...status.streams].sort(),
        refusals: status.refusals,
      }),
    },
  ];
}

/** By the hash a person can tell which version of a file was read. */
function showFile([file, { sha256, unreadable }]: readonly [string, KnownFile]) {
  return unreadable === undefined ? { file, sha256 } : { file, unreadable };
}

function showConfig(store: DebugSources['store'], query: Readonly<Record<string, string>>) {
  const entries = [...store.entries.values()].filter(
    ({ resource, state: how }) =>
      (query.kind ?? resource.kind) === resource.kind &&
      (query.namespace ?? resource.namespace) === resource.namespace &&
      (query.state ?? how) === how,
  );
  return {
    objects: entries.map(({ resource, source, state: how, object, origin, issues }) => ({
      ...resource,
      source,
      state: how,
      version: object?.version ?? '',
      origin,
      issues: issues.map(showIssue),
    })),
    issues: store.issues().map(showIssue),
  };
}

function showCollections(snapshots: Snapshots) {
  return [...snapshots.collections].sort().map((collection) => {
    const snapshot = snapshots.get(collection);
    return {
      collection,
      version: snapshot?.version ?? '',
      resources: [...(snapshot?.resources.keys() ?? [])].sort(),
    };
  });
}
