import {
  type Certificates,
  createBackoff,
  createFailureLog,
  type FailureLog,
  MeshError,
  sleep,
} from '@quintet/runtime';
import { renewalTiming } from './renewal-timing.ts';
import { readTokenClaims } from './token-claims.ts';
import { hashToken, newTokenEntry, notify, type TokenEntry } from './token-lease.ts';
import { isRefusal, Workload, type WorkloadOptions } from './workload.ts';

/** What a stream that showed a token is fed from. */
export type Lease = {
  /** The workload's certificate; undefined while there is none. Throws when the token is refused or has expired. */
  readonly current: () => Workload | undefined;
  /** Calls back when `current` may answer anew; returns the end of it. */
  readonly subscribe: (changed: () => void) => () => void;
  readonly close: () => void;
};

/** The secrets of this node. */
export type SecretStore = {
  /** Begins to serve a token. Throws `unauthenticated` or `resource_exhausted`. */
  readonly open: (token: string) => Lease;
  readonly workloads: () => readonly Workload[];
  /** Tokens that citadel has neither accepted nor refused yet. */
  readonly waiting: () => number;
  readonly stop: () => void;
};

/** Limits and parts of a store. */
export type SecretStoreOptions = Omit<WorkloadOptions, 'onRefused' | 'onExpired'> & {
  /** Different tokens at one time. */
  readonly maxTokens: number;
};

/** How long a token is remembered after its last stream ended: a proxy that reconnects needs no new signature. */
const KEPT_MS = 60_000;

/**
 * Keeps keys and certificates in memory, by token: a secret is served only for the exact token that citadel accepted, and
 * until that token expires. Tokens that were accepted for one identity share its key and certificate.
 */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  return new Store(options);
}

class Store implements SecretStore {
  readonly #options: SecretStoreOptions;
  readonly #tokens = new Map<string, TokenEntry>();
  readonly #workloads = new Map<string, Workload>();
  readonly #stop = new AbortController();
  /** Of the tokens that wait, together: they wait for the same citadel. */
  readonly #failures: FailureLog;
  /** Of the certificates that citadel gives: first attempts for a new token must be as quick as renewals. */
  #lifetimeMs = 0;

  constructor(options: SecretStoreOptions) {
    this.#options = options;
    const { log, clock } = options;
    this.#failures = createFailureLog({
      ...{ log, clock },
      failing: 'no certificate for a token; trying again',
      recovered: 'no token waits for a certificate any more',
    });
  }

  open(token: string): Lease {
    const entry = this.#tokens.get(hashToken(token)) ?? this.#admit(token);
    entry.streams++;
    let open = true;
    return {
      current() {
        if (entry.refused !== undefined) throw entry.refused;
        return entry.workload;
      },
      subscribe(changed) {
        entry.listeners.add(changed);
        return () => entry.listeners.delete(changed);
      },
      close: () => {
        if (open) this.#left(entry);
        open = false;
      },
    };
  }

  workloads(): readonly Workload[] {
    return [...this.#workloads.values()];
  }

  waiting(): number {
    return [...this.#tokens.values()].filter(({ workload }) => workload === undefined).length;
  }

  stop(): void {
    this.#stop.abort();
    for (const workload of this.#workloads.values()) workload.stop();
    for (const entry of this.#tokens.values()) entry.timer?.cancel();
  }

  #admit(token: string): TokenEntry {
    const { clock, maxTokens } = this.#options;
    const claims = readTokenClaims(token);
    if (claims === undefined) throw new MeshError('unauthenticated', 'not a token with an expiry');
    if (claims.expires <= clock.now()) throw new MeshError('unauthenticated', 'the token has expired');
    if (this.#tokens.size >= maxTokens)
      throw new MeshError('resource_exhausted', `more than ${maxTokens} tokens`);
    const entry = newTokenEntry(token, claims);
    this.#tokens.set(entry.hash, entry);
    const expired = new MeshError('unauthenticated', 'the token has expired');
    entry.timer = clock.after(claims.expires - clock.now(), () => this.#end(entry, expired));
    void this.#acquire(entry);
    return entry;
  }

  /** Asks citadel about a token until it has an answer, or nobody wants one any more. */
  async #acquire(entry: TokenEntry): Promise<void> {
    const { source, clock, random, metrics } = this.#options;
    const { firstRetryMs: initialMs, longestRetryMs: maxMs, timeoutMs } = renewalTiming(this.#lifetimeMs);
    const backoff = createBackoff({ initialMs, maxMs, random });
    const { signal } = this.#stop;
    while (this.#wants(entry)) {
      try {
        const certificates = await source({ token: entry.token, timeoutMs, signal });
        if (this.#wants(entry)) this.#accept(entry, certificates);
        return;
      } catch (error) {
        if (!(error instanceof MeshError)) throw error;
        if (!this.#wants(entry)) return;
        metrics.retries.add(1);
        if (isRefusal(error)) return this.#refuse(entry, error);
        this.#failures.failed(error, { subject: entry.claims.subject, waiting: this.waiting() });
      }
      await sleep(clock, backoff.next(), signal);
    }
  }

  #wants(entry: TokenEntry): boolean {
    return this.#tokens.get(entry.hash) === entry && !this.#stop.signal.aborted;
  }

  #accept(entry: TokenEntry, certificates: Certificates): void {
    this.#lifetimeMs = certificates.notAfter - this.#options.clock.now();
    const known = this.#workloads.get(certificates.spiffeId);
    const workload = known ?? this.#newWorkload(certificates);
    workload.tokens.add(entry);
    entry.workload = workload;
    this.#answered();
    known?.offer(certificates);
    notify(entry);
  }

  #newWorkload(certificates: Certificates): Workload {
    const workload = new Workload(certificates, {
      ...this.#options,
      onRefused: (entry, error) => this.#refuse(entry, error),
      onExpired: (expired) => {
        if (expired.tokens.size === 0) this.#drop(expired);
      },
    });
    this.#workloads.set(workload.spiffeId, workload);
    return workload;
  }

  #refuse(entry: TokenEntry, error: MeshError): void {
    const { log } = this.#options;
    log.warn({ subject: entry.claims.subject, err: error }, 'citadel does not accept a token');
    this.#end(entry, new MeshError('unauthenticated', 'the token was not accepted', { cause: error }));
  }

  /**
   * A token came to an end: its streams end too. A workload that has no other stays until its certificate ends: the next
   * token may be on its way, and if none comes, somebody has to say so.
   */
  #end(entry: TokenEntry, why: MeshError): void {
    entry.refused ??= why;
    this.#forget(entry);
    entry.workload?.tokens.delete(entry);
    notify(entry);
  }

  /** A stream ended. The token is forgotten if nobody comes back with it, and with its last token the workload. */
  #left(entry: TokenEntry): void {
    entry.streams--;
    if (entry.streams > 0 || entry.refused !== undefined) return;
    this.#options.clock.after(KEPT_MS, () => {
      if (entry.streams > 0 || entry.refused !== undefined) return;
      this.#forget(entry);
      const { workload } = entry;
      if (workload?.tokens.delete(entry) === true && workload.tokens.size === 0) this.#drop(workload);
    });
  }

  #forget(entry: TokenEntry): void {
    entry.timer?.cancel();
    if (this.#tokens.get(entry.hash) === entry) this.#tokens.delete(entry.hash);
    this.#answered();
  }

  #answered(): void {
    if (this.waiting() === 0) this.#failures.succeeded();
  }

  #drop(workload: Workload): void {
    workload.stop();
    if (this.#workloads.get(workload.spiffeId) === workload) this.#workloads.delete(workload.spiffeId);
  }
}
