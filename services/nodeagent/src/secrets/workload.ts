import {
  type Backoff,
  type Certificates,
  type Clock,
  createBackoff,
  createFailureLog,
  errorText,
  type FailureLog,
  type Log,
  MeshError,
  type Random,
  renewalDelay,
  type Timer,
} from '@quintet/runtime';
import type { NodeagentEvents } from '../events.ts';
import type { NodeagentMetrics } from '../metrics.ts';
import type { CertificateSource } from './certificate-source.ts';
import { renewalTiming } from './renewal-timing.ts';
import { notify, type TokenEntry } from './token-lease.ts';

/** What a workload's certificate is kept alive with. */
export type WorkloadOptions = {
  readonly source: CertificateSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: NodeagentMetrics;
  readonly events: NodeagentEvents;
  /** Citadel does not accept this token any more. */
  readonly onRefused: (entry: TokenEntry, error: MeshError) => void;
  /** The certificate ended without a successor. */
  readonly onExpired: (workload: Workload) => void;
};

/**
 * One identity on this node: its key and certificate, shared by all whose tokens citadel accepted for it, renewed before
 * half of the life is over and as long as somebody uses it.
 */
export class Workload {
  readonly spiffeId: string;
  readonly tokens = new Set<TokenEntry>();
  readonly #options: WorkloadOptions;
  readonly #stop = new AbortController();
  #certificates: Certificates;
  #lifetimeMs = 0;
  #renewAt = 0;
  #renewal: Timer | undefined;
  #expiry: Timer | undefined;
  #backoff: Backoff;
  #asking = false;
  #failing = false;
  readonly #failures: FailureLog;

  constructor(certificates: Certificates, options: WorkloadOptions) {
    this.spiffeId = certificates.spiffeId;
    this.#options = options;
    this.#certificates = certificates;
    const { log, clock } = options;
    this.#failures = createFailureLog({
      ...{ log, clock },
      failing: 'certificate not renewed; trying again',
      recovered: 'certificates are renewed again',
    });
    this.#backoff = this.#newBackoff();
    this.adopt(certificates);
  }

  /** Key and certificates as long as they are valid; nothing is handed out after that. */
  current(): Certificates | undefined {
    return this.#certificates.notAfter > this.#options.clock.now() ? this.#certificates : undefined;
  }

  /** Milliseconds since 1970; in the past when renewal did not succeed. */
  get notAfter(): number {
    return this.#certificates.notAfter;
  }

  /** Why there is no successor though it is time for one. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Takes over a certificate that was signed for one more token, if the present one is due. */
  offer(certificates: Certificates): void {
    if (this.#options.clock.now() >= this.#renewAt) this.adopt(certificates);
  }

  /** Replaces key and certificate, tells all who use them and plans the next renewal. */
  adopt(certificates: Certificates): void {
    const { clock, random, log } = this.#options;
    const now = clock.now();
    this.#certificates = certificates;
    this.#lifetimeMs = certificates.notAfter - now;
    this.#backoff = this.#newBackoff();
    this.#failing = false;
    this.#failures.succeeded({ spiffeId: this.spiffeId });
    const delay = renewalDelay({ notAfter: certificates.notAfter, now, random });
    this.#renewAt = now + delay;
    this.#plan(delay);
    this.#expiry?.cancel();
    this.#expiry = clock.after(certificates.notAfter - now, () => this.#expired());
    const notAfter = new Date(certificates.notAfter).toISOString();
    log.info({ spiffeId: this.spiffeId, notAfter, renewInMs: Math.round(delay) }, 'certificate received');
    for (const entry of this.tokens) notify(entry);
  }

  stop(): void {
    this.#stop.abort();
    this.#renewal?.cancel();
    this.#expiry?.cancel();
  }

  #newBackoff(): Backoff {
    const { firstRetryMs: initialMs, longestRetryMs: maxMs } = renewalTiming(this.#lifetimeMs);
    return createBackoff({ initialMs, maxMs, random: this.#options.random });
  }

  #plan(delayMs: number): void {
    this.#renewal?.cancel();
    this.#renewal = this.#options.clock.after(delayMs, () => void this.#renew());
  }

  /** Asks with the token that lives longest. Without any, the next token that citadel accepts brings a certificate along. */
  async #renew(): Promise<void> {
    const { source, clock } = this.#options;
    const now = clock.now();
    const [entry] = [...this.tokens]
      .filter(({ claims }) => claims.expires > now)
      .sort((a, b) => b.claims.expires - a.claims.expires);
    if (entry === undefined || this.#asking || this.#stop.signal.aborted) return;
    this.#asking = true;
    try {
      const { timeoutMs } = renewalTiming(this.#lifetimeMs);
      const certificates = await source({ token: entry.token, timeoutMs, signal: this.#stop.signal });
      if (this.#stop.signal.aborted) return;
      if (certificates.spiffeId !== this.spiffeId) {
        throw new MeshError('unauthenticated', `the token is now for ${certificates.spiffeId}`);
      }
      this.adopt(certificates);
    } catch (error) {
      if (!(error instanceof MeshError)) throw error;
      this.#failed(entry, error);
    } finally {
      this.#asking = false;
    }
  }

  #failed(entry: TokenEntry, error: MeshError): void {
    if (this.#stop.signal.aborted) return;
    const { metrics, events, onRefused } = this.#options;
    metrics.retries.add(1);
    const notAfter = this.#certificates.notAfter;
    this.#failures.failed(error, { spiffeId: this.spiffeId, notAfter: new Date(notAfter).toISOString() });
    if (!this.#failing)
      events.renewalFailing({ spiffeId: this.spiffeId, notAfter, reason: errorText(error) });
    this.#failing = true;
    if (isRefusal(error)) onRefused(entry, error);
    this.#plan(this.#backoff.next());
  }

  #expired(): void {
    const { log, metrics, events, onExpired } = this.#options;
    const notAfter = this.#certificates.notAfter;
    metrics.expired.add(1);
    log.error(
      { spiffeId: this.spiffeId, notAfter: new Date(notAfter).toISOString() },
      'certificate expired without a successor',
    );
    events.certificateExpired({ spiffeId: this.spiffeId, notAfter });
    for (const entry of this.tokens) notify(entry);
    onExpired(this);
  }
}

/** Whether citadel said that the token is no good, rather than that something is amiss. */
export function isRefusal(error: MeshError): boolean {
  return error.code === 'unauthenticated' || error.code === 'permission_denied';
}
