import { createHash } from 'node:crypto';
import type { ConfigState, Configuration, FileContent } from '@quintet/files';
import type { Snapshots } from '@quintet/mcp';
import { formatIssue, type Issue } from '@quintet/model';
import type { DebugPage } from '@quintet/runtime';
import type { McpStatus } from './server.ts';

/** What the pages show. */
export type DebugSources = {
  readonly configuration: Pick<Configuration, 'state' | 'files'>;
  readonly snapshots: Snapshots;
  readonly status: McpStatus;
};

/** Galley's pages below `/debug/`. They hold no secret: configuration names files of keys, never keys. */
export function debugPages({ configuration, snapshots, status }: DebugSources): readonly DebugPage[] {
  return [
    {
      path: '/debug/configz',
      description:
        'the files that were read, every object with its state and issues; ?kind=, ?namespace=, ?state= narrow it down',
      show: ({ query }) => ({
        files: [...configuration.files()].map(showFile),
        ...showConfig(configuration.state(), query),
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
function showFile([file, content]: readonly [string, FileContent]) {
  if (content.kind === 'unreadable') return { file, unreadable: content.reason };
  return { file, sha256: createHash('sha256').update(content.text).digest('hex') };
}

function showConfig(state: ConfigState, query: Readonly<Record<string, string>>) {
  const entries = [...state.entries.values()].filter(
    ({ resource, state: how }) =>
      (query.kind ?? resource.kind) === resource.kind &&
      (query.namespace ?? resource.namespace) === resource.namespace &&
      (query.state ?? how) === how,
  );
  return {
    objects: entries.map(({ resource, state: how, object, origin, issues }) => ({
      ...resource,
      state: how,
      version: object?.version ?? '',
      origin,
      issues: issues.map(showIssue),
    })),
    issues: state.issues.map(showIssue),
  };
}

function showIssue(issue: Issue) {
  const { code, severity, path, message, origin } = issue;
  return {
    code,
    severity,
    path,
    message,
    ...(origin && { file: origin.file, line: origin.line }),
    text: formatIssue(issue),
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
