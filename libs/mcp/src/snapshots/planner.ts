import { partVersion } from '../part-version.ts';
import type { Collection, SnapshotResource } from './collection.ts';
import { encodeResponse } from './encode.ts';
import type { Revision } from './revision.ts';

/** The responses that bring a sink to a revision, without nonces. Shared by all sinks that need the same. */
export type ResponsePlan = {
  readonly revision: Revision;
  /** One or more: a difference is split where it is large, and sent one after the other. */
  readonly responses: readonly Uint8Array[];
};

/** What a sink has. */
export type SinkContent =
  /** Everything as it was at a revision, but for what was touched since. */
  | { readonly kind: 'revision'; readonly revision: Revision }
  /**
   * What it said when it came: version by name. Parts of a response that led to `since` may have been taken
   * since then.
   */
  | {
      readonly kind: 'told';
      readonly versions: ReadonlyMap<string, string>;
      readonly since: Revision | undefined;
    };

/** Makes plans for one collection and keeps those that the next sink can use, too. */
export class Planner {
  readonly #collection: Collection;
  readonly #splitBytes: number;
  #full: ResponsePlan | undefined;
  #fromNothing: ResponsePlan | undefined;
  /** By the revision that a difference starts from. A plan is of no more use when there is a newer revision. */
  readonly #differences = new WeakMap<Revision, ResponsePlan>();

  constructor(collection: Collection, splitBytes: number) {
    this.#collection = collection;
    this.#splitBytes = splitBytes;
  }

  /** Everything, in one response: the full state cannot be split. */
  full(): ResponsePlan {
    if (this.#full === undefined || !this.#isNew(this.#full)) {
      const { name: collection, revision, resources } = this.#collection;
      const encoded = Array.from(resources.values(), (resource) => resource.encoded);
      const { version } = revision;
      const response = encodeResponse({
        ...{ collection, version, incremental: false },
        ...{ resources: encoded, removed: [] },
      });
      this.#full = { revision, responses: [response] };
    }
    return this.#full;
  }

  /** What leads from the content of a sink to the newest revision; at least one response, empty when it has all. */
  difference(content: SinkContent): ResponsePlan {
    // The largest of all plans: not to be kept until somebody comes again with nothing.
    if (this.#fromNothing !== undefined && !this.#isNew(this.#fromNothing)) this.#fromNothing = undefined;
    if (content.kind === 'revision') return this.#sinceRevision(content.revision);
    const { versions, since } = content;
    if (versions.size > 0 || since !== undefined) return this.#sinceTold(versions, since);
    this.#fromNothing ??= this.#plan(this.#collection.resources.keys());
    return this.#fromNothing;
  }

  #isNew(plan: ResponsePlan): boolean {
    return plan.revision === this.#collection.revision;
  }

  /** Everything that was touched, as it is now: also right for a sink that took a part of what came between. */
  #sinceRevision(revision: Revision): ResponsePlan {
    const known = this.#differences.get(revision);
    if (known !== undefined && this.#isNew(known)) return known;
    const plan = this.#plan(revision.touched());
    this.#differences.set(revision, plan);
    return plan;
  }

  #sinceTold(versions: ReadonlyMap<string, string>, since: Revision | undefined): ResponsePlan {
    const { resources } = this.#collection;
    const names = new Set(since?.touched());
    for (const { name, version } of resources.values()) if (versions.get(name) !== version) names.add(name);
    for (const name of versions.keys()) if (!resources.has(name)) names.add(name);
    return this.#plan(names);
  }

  #plan(names: Iterable<string>): ResponsePlan {
    const { name: collection, revision, resources } = this.#collection;
    const changes: Change[] = [];
    for (const name of names) changes.push({ name, resource: resources.get(name) });
    const parts = split(changes, this.#splitBytes);
    const responses = parts.map((part, index) =>
      encodeResponse({
        collection,
        version: index === parts.length - 1 ? revision.version : partVersion(revision.version),
        incremental: true,
        resources: part.flatMap(({ resource }) => (resource === undefined ? [] : [resource.encoded])),
        removed: part.flatMap(({ name, resource }) => (resource === undefined ? [name] : [])),
      }),
    );
    return { revision, responses };
  }
}

/** A resource that is new, changed, or (without resource) gone. */
type Change = { readonly name: string; readonly resource: SnapshotResource | undefined };

/** Parts of at most `bytes`, or of one change; one empty part for nothing. */
function split(changes: readonly Change[], bytes: number): Change[][] {
  let part: Change[] = [];
  const parts = [part];
  let size = 0;
  for (const change of changes) {
    const length = change.resource?.encoded.length ?? change.name.length;
    if (part.length > 0 && size + length > bytes) {
      part = [];
      parts.push(part);
      size = 0;
    }
    part.push(change);
    size += length;
  }
  return parts;
}
