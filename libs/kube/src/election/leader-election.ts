import { type Clock, type Component, createFailureLog, type Log, type Random, sleep } from '@quintet/runtime';
import type { KubeClient } from '../client/client.ts';
import type { KubeObject } from '../client/kube-object.ts';
import { isConflict, isNotFound } from '../kube-error.ts';
import { LEASES, type LeaseRecord, readLease, writeLease } from './lease.ts';

export type LeaderElectionOptions = {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'update'>;
  /** The Lease that replicas compete for. */
  readonly lease: { readonly namespace: string; readonly name: string };
  /** This replica; no two have the same. */
  readonly identity: string;
  /** Called each time this replica becomes the leader. `signal` is aborted before another one can become it. */
  readonly onLead: (signal: AbortSignal) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How long others wait for a leader that is silent; 15 s unless given. */
  readonly leaseMs?: number;
  /** A leader that could not renew for this long steps down; two thirds of `leaseMs` unless given. */
  readonly renewMs?: number;
  /** Time between two attempts; 2 s unless given. */
  readonly retryMs?: number;
};

export type LeaderElection = Omit<Component, 'start' | 'stop'> & {
  start(): Promise<void>;
  stop(): Promise<void>;
  isLeader(): boolean;
};

/** Makes one of several replicas the leader, by a Lease. When it stops it lets go, so that another one takes over at once. */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const election = new Election(options);
  return {
    name: `leader election ${options.lease.name}`,
    start: async () => election.start(),
    stop: () => election.stop(),
    isLeader: () => election.leading !== undefined,
  };
}

class Election {
  readonly #options: LeaderElectionOptions;
  readonly #leaseMs: number;
  readonly #renewMs: number;
  readonly #retryMs: number;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** The record of another holder, and since when it has been the same, by our clock: theirs may be wrong. */
  #seen: { readonly record: string; readonly at: number } | undefined;
  leading: AbortController | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewMs = options.renewMs ?? (this.#leaseMs * 2) / 3;
    this.#retryMs = options.retryMs ?? 2_000;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (this.leading === undefined) return;
    this.#stepDown();
    await this.#release().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { clock, random, log, lease } = this.#options;
    const failures = createFailureLog({
      ...{ log, clock },
      failing: 'the lease cannot be renewed: trying again',
      recovered: 'the lease is renewed again',
    });
    let deadline = 0;
    while (!this.#stop.signal.aborted) {
      // What counts is when the request was sent: the lease may have begun then.
      const asked = clock.monotonic();
      const held = await this.#acquire().catch((error: unknown) => {
        failures.failed(error, { lease: lease.name });
        return undefined;
      });
      if (held !== undefined) failures.succeeded({ lease: lease.name });
      if (held === true) {
        deadline = asked + this.#renewMs;
        this.#lead();
      } else if (held === false || clock.monotonic() >= deadline) this.#stepDown();
      const jitter = this.#retryMs * (1 + random() * 0.2);
      const rest = this.leading === undefined ? jitter : Math.min(jitter, deadline - clock.monotonic());
      await sleep(clock, Math.max(0, rest), this.#stop.signal);
    }
  }

  /** Whether the lease is ours now. */
  async #acquire(): Promise<boolean> {
    const { client, lease, identity } = this.#options;
    try {
      const object = await client.get(LEASES, lease);
      const record = readLease(object);
      if (record.holder !== identity && !this.#isFree(record)) return false;
      const transitions = record.transitions + (record.holder === identity ? 0 : 1);
      await client.update(LEASES, this.#write(identity, transitions, object));
      return true;
    } catch (error) {
      // Somebody else was quicker.
      if (isConflict(error)) return false;
      if (!isNotFound(error)) throw error;
      await client.create(LEASES, this.#write(identity, 0));
      return true;
    }
  }

  #isFree(record: LeaseRecord): boolean {
    const { clock } = this.#options;
    const text = JSON.stringify(record);
    if (this.#seen?.record !== text) this.#seen = { record: text, at: clock.monotonic() };
    return record.holder === '' || clock.monotonic() - this.#seen.at >= record.durationSeconds * 1000;
  }

  #write(holder: string, transitions: number, before?: KubeObject) {
    const { lease, clock } = this.#options;
    const durationMs = holder === '' ? 1000 : this.#leaseMs;
    return writeLease({
      ...{ ...lease, holder, transitions, durationMs, now: clock.now() },
      ...(before && { resourceVersion: before.resourceVersion }),
    });
  }

  #lead(): void {
    if (this.leading !== undefined) return;
    this.leading = new AbortController();
    this.#options.log.info({ lease: this.#options.lease.name }, 'this replica leads');
    this.#options.onLead(this.leading.signal);
  }

  #stepDown(): void {
    if (this.leading === undefined) return;
    this.leading.abort();
    this.leading = undefined;
    this.#options.log.info({ lease: this.#options.lease.name }, 'this replica leads no longer');
  }

  async #release(): Promise<void> {
    const { client, lease, identity } = this.#options;
    const object = await client.get(LEASES, lease);
    const { holder, transitions } = readLease(object);
    if (holder === identity) await client.update(LEASES, this.#write('', transitions, object));
  }
}
