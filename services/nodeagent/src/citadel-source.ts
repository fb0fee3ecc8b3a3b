import { type CitadelOptions, type Clock, MeshError, requestCertificate } from '@quintet/runtime';
import type { NodeagentMetrics } from './metrics.ts';
import type { CertificateSource } from './secrets/certificate-source.ts';
import type { RootStore } from './trust/root-store.ts';

/** Has citadel sign keys that are made here, and counts. A connection is made for each request: none can go stale. */
export function createCitadelSource(options: {
  readonly citadel: CitadelOptions;
  readonly roots: RootStore;
  /** Wanted lifetime, ms; citadel decides when 0. */
  readonly lifetimeMs: number;
  readonly clock: Clock;
  readonly metrics: NodeagentMetrics;
}): CertificateSource {
  const { citadel, roots, lifetimeMs, clock, metrics } = options;
  return async ({ token, timeoutMs, signal }) => {
    const rootPem = roots.pem();
    // Without roots, TLS would trust those that Node comes with.
    if (rootPem === '') throw new MeshError('unavailable', 'there is no trusted root yet');
    metrics.outgoingRequests.add(1);
    const begun = clock.monotonic();
    try {
      return await requestCertificate({
        citadel,
        rootPem,
        token,
        lifetimeMs,
        timeoutMs,
        signal,
        now: clock.now,
      });
    } catch (error) {
      if (error instanceof MeshError) metrics.failedRequests.add(1);
      throw error;
    } finally {
      metrics.latency.record(clock.monotonic() - begun);
    }
  };
}
