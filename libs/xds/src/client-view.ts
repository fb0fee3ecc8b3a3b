import type { Need, WireResource } from './wire-set.ts';

/** One version of one resource that a client may be using; `removed` stands for "told that it is gone". */
export type HeldVersion = {
  readonly version: string;
  readonly removed: boolean;
  /** Absent for what a reconnecting client says it holds. */
  readonly resource: WireResource | undefined;
  /** Unknown for what a reconnecting client says it holds. */
  readonly needs: readonly Need[] | undefined;
};

/** A response that was sent and not answered. */
export type Outstanding = {
  readonly nonce: string;
  readonly version: string;
  /** Milliseconds, from the caller's clock. */
  readonly sentAt: number;
  readonly upserts: readonly WireResource[];
  readonly removals: readonly string[];
};

type Entry = {
  /** What the client accepted last. */
  acked: HeldVersion | undefined;
  /** Sent after that and not accepted: in flight, or in a response that was refused for another's sake. */
  pending: readonly HeldVersion[];
  /** Accepted before, and in use until the newer version can take over. */
  former: readonly HeldVersion[];
  /** What the client was told last; absent when it has to be told (again). */
  latest: HeldVersion | undefined;
};

const EMPTY: Entry = { acked: undefined, pending: [], former: [], latest: undefined };
const GONE: HeldVersion = { version: '', removed: true, resource: undefined, needs: [] };

/**
 * What one client holds of one type, as far as its answers tell: of each resource the version it accepted and
 * the ones it may have taken since.
 */
export class ClientView {
  readonly #entries = new Map<string, Entry>();
  readonly #withFormer = new Set<string>();
  readonly #claimed = new Set<string>();
  #outstanding: readonly Outstanding[] = [];
  #accepted = false;

  /** Whether the client accepted anything since it began. */
  get hasAccepted(): boolean {
    return this.#accepted;
  }

  /** Responses without an answer, oldest first. */
  get outstanding(): readonly Outstanding[] {
    return this.#outstanding;
  }

  names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** What the client was told last and did not refuse; absent when it has to be told. */
  latest(name: string): HeldVersion | undefined {
    return this.#entries.get(name)?.latest;
  }

  /** The last version accepted. */
  goodVersion(name: string): HeldVersion | undefined {
    return this.#entries.get(name)?.acked;
  }

  /** Whether the client has the resource in some version and is not being told to drop it. */
  isSettled(name: string): boolean {
    const entry = this.#entries.get(name);
    return (
      entry?.acked !== undefined && !entry.acked.removed && !entry.pending.some(({ removed }) => removed)
    );
  }

  /** Every version the client may be using. */
  *candidates(): Generator<HeldVersion> {
    for (const { acked, pending, former } of this.#entries.values()) {
      if (acked !== undefined) yield acked;
      yield* pending;
      yield* former;
    }
  }

  /** Drops versions that were in use only until the accepted one, as `inUse` says, could take over. */
  retireFormer(inUse: (accepted: HeldVersion) => boolean): void {
    for (const name of this.#withFormer) {
      const entry = this.#entries.get(name);
      if (entry?.acked !== undefined && !inUse(entry.acked)) continue;
      if (entry !== undefined) entry.former = [];
      this.#withFormer.delete(name);
    }
  }

  /** The client says that it holds this version, of which nothing else is known. */
  claim(name: string, version: string): void {
    const claimed = { version, removed: false, resource: undefined, needs: undefined };
    this.#entries.set(name, { ...EMPTY, acked: claimed, latest: claimed });
    this.#claimed.add(name);
  }

  /** Claimed versions that are among these resources have known content. */
  recognise(resources: ReadonlyMap<string, WireResource>): void {
    for (const name of this.#claimed) {
      const entry = this.#entries.get(name);
      const resource = resources.get(name);
      if (resource === undefined || entry?.acked?.version !== resource.version) continue;
      this.#claimed.delete(name);
      const isLatest = entry.latest === entry.acked;
      entry.acked = held(resource);
      if (isLatest) entry.latest = entry.acked;
    }
  }

  /** The client has to be told about this resource, whatever it was told before. */
  ask(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, { ...EMPTY });
    else entry.latest = undefined;
  }

  /** The client holds the resource no longer. */
  forget(name: string): void {
    this.#entries.delete(name);
  }

  /** The client begins anew. */
  clear(): void {
    this.#entries.clear();
    this.#withFormer.clear();
    this.#claimed.clear();
    this.#outstanding = [];
    this.#accepted = false;
  }

  /** A response went out. Of unanswered ones at most `limit` are remembered. */
  sent(response: Outstanding, limit: number): void {
    for (const resource of response.upserts) this.#tell(resource.name, held(resource));
    for (const name of response.removals) this.#tell(name, GONE);
    this.#outstanding = [...this.#outstanding, response].slice(-limit);
  }

  /**
   * The client accepted a response. `complete`: earlier ones are superseded by it, as in state of the world.
   * Returns the response, nothing when it is not remembered.
   */
  ack(nonce: string, complete: boolean): Outstanding | undefined {
    const { response, earlier } = this.#take(nonce, complete);
    if (response === undefined) return undefined;
    this.#accepted = true;
    for (const { upserts, removals } of [...earlier, response]) {
      for (const resource of upserts) this.#accept(resource.name, resource.version);
      for (const name of removals) this.#accept(name, GONE.version);
    }
    return response;
  }

  /**
   * The client refused a response. Everything in it has to be told again; what the client took of it is unknown.
   * Returns the response, nothing when it is not remembered.
   */
  nack(nonce: string, complete: boolean): Outstanding | undefined {
    const { response } = this.#take(nonce, complete);
    for (const name of [...(response?.upserts.map((r) => r.name) ?? []), ...(response?.removals ?? [])]) {
      const entry = this.#entries.get(name);
      if (entry !== undefined) entry.latest = undefined;
    }
    return response;
  }

  /** The client will not take this version: it goes on with the one it accepted before, if any. */
  refuse(name: string, version: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    entry.pending = entry.pending.filter((pending) => pending.version !== version);
    if (entry.acked !== undefined) entry.latest = entry.acked;
    else if (entry.pending.length === 0) this.#entries.delete(name);
  }

  #tell(name: string, version: HeldVersion): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, { ...EMPTY, pending: [version], latest: version });
    else {
      entry.pending = [...entry.pending, version];
      entry.latest = version;
    }
  }

  #accept(name: string, version: string): void {
    const entry = this.#entries.get(name);
    const index = entry?.pending.findIndex((pending) => pending.version === version) ?? -1;
    if (entry === undefined || index < 0) return;
    if (entry.acked !== undefined && !entry.acked.removed) {
      entry.former = [...entry.former, entry.acked];
      this.#withFormer.add(name);
    }
    entry.acked = entry.pending[index];
    entry.pending = entry.pending.slice(index + 1);
    const gone = entry.acked?.removed === true && entry.pending.length === 0;
    if (gone && entry.latest?.removed === true) this.#entries.delete(name);
  }

  #take(nonce: string, complete: boolean): { response?: Outstanding; earlier: readonly Outstanding[] } {
    const index = this.#outstanding.findIndex((response) => response.nonce === nonce);
    const response = this.#outstanding[index];
    if (response === undefined) return { earlier: [] };
    const before = this.#outstanding.slice(0, index);
    this.#outstanding = [...(complete ? [] : before), ...this.#outstanding.slice(index + 1)];
    return { response, earlier: complete ? before : [] };
  }
}

function held(resource: WireResource): HeldVersion {
  return { version: resource.version, removed: false, resource, needs: resource.needs };
}
