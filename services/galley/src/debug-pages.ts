import type { Snapshots } from '@quintet/mcp';
import { formatIssue, type Issue } from '@quintet/model';
import type { DebugPage } from '@quintet/runtime';
import type { McpStatus } from './server.ts';
import type { ConfigState } from './state/config-state.ts';

/** What the pages show. */
export type DebugSources = {
  readonly state: () => ConfigState;
  readonly snapshots: Snapshots;
  readonly status: McpStatus;
};

/** Galley's pages below `/debug/`. They hold no secret: configuration names files of keys, never keys. */
export function debugPages({ state, snapshots, status }: DebugSources): readonly DebugPage[] {
  return [
    {
      path: '/debug/configz',
      description: 'every object with its state and issues; ?kind=, ?namespace=, ?state= narrow it down',
      show: ({ query }) => showConfig(state(), query),
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
      resources: [...(snapshot?.resources.keys() ?? [])],
    };
  });
}
