import { createBackoff, errorText, MeshError, sleep } from '@quintet/runtime';
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
  const { clock, maxTokens } = options;
  const tokens = new Map<string, TokenEntry>();
  const workloads = new Map<string, Workload>();
  const stop = new AbortController();
  // Of the certificates that citadel gives: first attempts for a new token must be as quick as renewals.
  let lifetimeMs = 0;

  const drop = (workload: Workload) => {
    workload.stop();
    if (workloads.get(workload.spiffeId) === workload) workloads.delete(workload.spiffeId);
  };
  // A workload whose proxies went away is dropped. One whose tokens came to an end stays until its certificate ends too:
  // the next token may be on its way, and if none comes, somebody has to say so.
  const forget = (entry: TokenEntry, why: 'left' | 'ended') => {
    entry.timer?.cancel();
    if (tokens.get(entry.hash) === entry) tokens.delete(entry.hash);
    const { workload } = entry;
    if (workload?.tokens.delete(entry) !== true) return;
    if (workload.tokens.size === 0 && why === 'left') drop(workload);
  };
  const refuse = (entry: TokenEntry, error: MeshError) => {
    entry.refused = new MeshError('unauthenticated', 'the token was not accepted', { cause: error });
    forget(entry, 'ended');
    notify(entry);
  };
  const onExpired = (workload: Workload) => {
    if (workload.tokens.size === 0) drop(workload);
  };
  const accept = (entry: TokenEntry, certificates: Parameters<Workload['adopt']>[0]) => {
    lifetimeMs = certificates.notAfter - clock.now();
    const known = workloads.get(certificates.spiffeId);
    const workload = known ?? new Workload(certificates, { ...options, onRefused: refuse, onExpired });
    workloads.set(workload.spiffeId, workload);
    workload.tokens.add(entry);
    entry.workload = workload;
    if (known !== undefined) known.offer(certificates);
    notify(entry);
  };
  const acquire = async (entry: TokenEntry) => {
    const { source, random, log, metrics } = options;
    const { firstRetryMs: initialMs, longestRetryMs: maxMs, timeoutMs } = renewalTiming(lifetimeMs);
    const backoff = createBackoff({ initialMs, maxMs, random });
    let told = '';
    while (tokens.get(entry.hash) === entry && entry.refused === undefined && !stop.signal.aborted) {
      try {
        const certificates = await source({ token: entry.token, timeoutMs, signal: stop.signal });
        if (tokens.get(entry.hash) === entry && entry.refused === undefined) accept(entry, certificates);
        return;
      } catch (error) {
        if (!(error instanceof MeshError)) throw error;
        if (stop.signal.aborted) return;
        metrics.retries.add(1);
        if (errorText(error) !== told) {
          log.warn({ subject: entry.claims.subject, err: error }, 'no certificate for a token; trying again');
        }
        told = errorText(error);
        if (isRefusal(error)) return refuse(entry, error);
      }
      await sleep(clock, backoff.next(), stop.signal);
    }
  };
  const admit = (token: string): TokenEntry => {
    const claims = readTokenClaims(token);
    if (claims === undefined) throw new MeshError('unauthenticated', 'not a token with an expiry');
    if (claims.expires <= clock.now()) throw new MeshError('unauthenticated', 'the token has expired');
    if (tokens.size >= maxTokens) throw new MeshError('resource_exhausted', `more than ${maxTokens} tokens`);
    const entry = newTokenEntry(token, claims);
    tokens.set(entry.hash, entry);
    entry.timer = clock.after(claims.expires - clock.now(), () => {
      entry.refused ??= new MeshError('unauthenticated', 'the token has expired');
      forget(entry, 'ended');
      notify(entry);
    });
    void acquire(entry);
    return entry;
  };
  const lease = (entry: TokenEntry): Lease => {
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
      close() {
        if (!open) return;
        open = false;
        entry.streams--;
        if (entry.streams > 0) return;
        clock.after(KEPT_MS, () => {
          if (entry.streams === 0) forget(entry, 'left');
        });
      },
    };
  };
  return {
    open: (token) => lease(tokens.get(hashToken(token)) ?? admit(token)),
    workloads: () => [...workloads.values()],
    waiting: () => [...tokens.values()].filter(({ workload }) => workload === undefined).length,
    stop() {
      stop.abort();
      for (const workload of workloads.values()) workload.stop();
      for (const entry of tokens.values()) entry.timer?.cancel();
    },
  };
}
