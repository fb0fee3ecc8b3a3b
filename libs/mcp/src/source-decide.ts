import type { RequestResources, Resource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { partVersion } from './part-version.ts';
import type { CollectionSnapshot } from './snapshots.ts';

/** What a source knows about one collection of one stream. */
export type Watch = {
  /** The sink wants changes only, and gets them. */
  readonly incremental: boolean;
  /** What the sink has acknowledged: version by name. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** The snapshot that the sink has as a whole, or has refused: not sent again. */
  readonly settled: string | undefined;
  /** The one response without an answer. */
  readonly pending: PendingResponse | undefined;
};

export type PendingResponse = {
  readonly nonce: string;
  /** What the sink has when it acknowledges. */
  readonly after: ReadonlyMap<string, string>;
  /** The snapshot the response is made of. */
  readonly version: string;
  /** False when more responses follow before the sink has the whole snapshot. */
  readonly complete: boolean;
};

/** What a request means. */
export type RequestVerdict =
  | { readonly kind: 'unknown-collection' }
  /** Belongs to a response that was overtaken or never sent: to be ignored. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'open' | 'ack'; readonly watch: Watch }
  | { readonly kind: 'nack'; readonly watch: Watch; readonly reason: string };

/** What the decision needs to know besides the watch. */
export type RequestSurroundings = {
  readonly known: boolean;
  /** The source hands out changes to sinks that ask for them. */
  readonly incremental: boolean;
};

/**
 * Decides what a request means. The first one of a collection has no nonce; with changes only, it says which
 * versions the sink has from an earlier stream. Later ones answer the pending response by its nonce. A refused
 * snapshot is not sent again; the next one is compared with what the sink had before.
 */
export function decideRequest(
  watch: Watch | undefined,
  request: RequestResources,
  { known, incremental }: RequestSurroundings,
): RequestVerdict {
  if (!known) return { kind: 'unknown-collection' };
  if (request.responseNonce === '') {
    const changesOnly = incremental && request.incremental;
    const versions = changesOnly ? Object.entries(request.initialResourceVersions) : [];
    const opened = {
      incremental: changesOnly,
      acknowledged: new Map(versions),
      settled: undefined,
      pending: undefined,
    };
    return { kind: 'open', watch: opened };
  }
  const pending = watch?.pending;
  if (watch === undefined || pending === undefined || pending.nonce !== request.responseNonce)
    return { kind: 'stale' };
  if (request.errorDetail !== undefined) {
    const reason = `${request.errorDetail.message} (code ${request.errorDetail.code})`;
    return { kind: 'nack', reason, watch: { ...watch, settled: pending.version, pending: undefined } };
  }
  const settled = pending.complete ? pending.version : undefined;
  return { kind: 'ack', watch: { ...watch, acknowledged: pending.after, settled, pending: undefined } };
}

/** The content of a response; its `version` is marked when the sink does not have the whole snapshot with it. */
export type ResponseContent = {
  readonly version: string;
  readonly resources: readonly Resource[];
  readonly removed: readonly string[];
  readonly incremental: boolean;
};

/**
 * The next response of a watch, or undefined when there is nothing to say: no complete set yet, a response without
 * an answer, or nothing new. An empty collection is answered too. Changes are split at `splitBytes`: the version
 * of all but the last response tells the sink that more belongs to it.
 */
export function nextResponse(
  watch: Watch,
  snapshot: CollectionSnapshot | undefined,
  options: { readonly nonce: string; readonly splitBytes: number },
): { readonly content: ResponseContent; readonly watch: Watch } | undefined {
  if (snapshot === undefined || watch.pending !== undefined || watch.settled === snapshot.version)
    return undefined;
  const { resources, removed, complete } = watch.incremental
    ? changes(watch.acknowledged, snapshot, options.splitBytes)
    : { resources: [...snapshot.resources.values()], removed: [], complete: true };
  const after = new Map(watch.incremental ? watch.acknowledged : []);
  for (const name of removed) after.delete(name);
  for (const { name, version } of resources) after.set(name, version);
  const pending = { nonce: options.nonce, after, version: snapshot.version, complete };
  const content = {
    version: complete ? snapshot.version : partVersion(snapshot.version),
    resources: resources.map(({ resource }) => resource),
    removed,
    incremental: watch.incremental,
  };
  return { content, watch: { ...watch, pending } };
}

function changes(
  acknowledged: ReadonlyMap<string, string>,
  snapshot: CollectionSnapshot,
  splitBytes: number,
) {
  const removed = [...acknowledged.keys()].filter((name) => !snapshot.resources.has(name));
  const changed = [...snapshot.resources.values()].filter(
    ({ name, version }) => acknowledged.get(name) !== version,
  );
  let size = 0;
  const fitting = changed.findIndex((each, index) => {
    size += each.size;
    return size > splitBytes && index > 0;
  });
  const complete = fitting < 0;
  return { removed, resources: complete ? changed : changed.slice(0, fitting), complete };
}
