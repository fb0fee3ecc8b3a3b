import type { RequestResources } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import type { ResponsePlan, SinkContent } from './snapshots/planner.ts';
import type { Revision } from './snapshots/revision.ts';
import type { CollectionSnapshot } from './snapshots/snapshots.ts';

/** What a source knows about one collection of one stream. */
export type Watch = {
  /** The sink wants changes only, and gets them. */
  readonly incremental: boolean;
  /** What the sink has. */
  readonly content: SinkContent;
  /** The revision that the sink has as a whole, or has refused: not sent again. */
  readonly settled: Revision | undefined;
  /** The responses under way, of which one has no answer. */
  readonly pending: PendingResponse | undefined;
};

export type PendingResponse = {
  readonly nonce: string;
  readonly plan: ResponsePlan;
  /** Which response of the plan has no answer. */
  readonly index: number;
};

/** What a request means. */
export type RequestVerdict =
  | { readonly kind: 'unknown-collection' }
  /** Belongs to a response that was overtaken or never sent: to be ignored. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'open'; readonly watch: Watch }
  /** `next` is to be sent at once: the rest of what the sink has a part of. */
  | { readonly kind: 'ack'; readonly watch: Watch; readonly next: number | undefined }
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
  if (request.responseNonce === '') return { kind: 'open', watch: openWatch(request, incremental) };
  const pending = watch?.pending;
  if (watch === undefined || pending === undefined || pending.nonce !== request.responseNonce)
    return { kind: 'stale' };
  const { revision, responses } = pending.plan;
  if (request.errorDetail !== undefined) {
    const reason = `${request.errorDetail.message} (code ${request.errorDetail.code})`;
    return { kind: 'nack', reason, watch: { ...watch, settled: revision, pending: undefined } };
  }
  const taken: Watch = { ...watch, content: partlyTaken(watch.content, revision) };
  if (pending.index + 1 < responses.length) return { kind: 'ack', watch: taken, next: pending.index + 1 };
  const content: SinkContent = { kind: 'revision', revision };
  return {
    kind: 'ack',
    watch: { ...watch, content, settled: revision, pending: undefined },
    next: undefined,
  };
}

function openWatch(request: RequestResources, offered: boolean): Watch {
  const incremental = offered && request.incremental;
  const versions = new Map(incremental ? Object.entries(request.initialResourceVersions) : []);
  const content: SinkContent = { kind: 'told', versions, since: undefined };
  return { incremental, content, settled: undefined, pending: undefined };
}

/** The first plan says from where on the sink may have more than it told. */
function partlyTaken(content: SinkContent, revision: Revision): SinkContent {
  if (content.kind === 'revision' || content.since !== undefined) return content;
  return { ...content, since: revision };
}

/**
 * The plan that a watch is to be sent now, or undefined when there is nothing to say: no complete set yet, a response
 * without an answer, or nothing new. An empty collection is answered too.
 */
export function nextPlan(watch: Watch, snapshot: CollectionSnapshot | undefined): ResponsePlan | undefined {
  if (snapshot === undefined || watch.pending !== undefined || watch.settled === snapshot.revision) {
    return undefined;
  }
  return watch.incremental ? snapshot.difference(watch.content) : snapshot.full();
}
