import { type CertificateHolder, type Clock, createAllowList, type Log } from '@quintet/runtime';
import type { McpSinkOptions } from '../sink.ts';
import { createStoredFallback } from './fallback.ts';

/** The name of the signed snapshot in its object store. */
export const STORED_SNAPSHOT = 'last-good';

export type SinkFallbackOptions = {
  /** The object store of the bus; rejects with `unavailable` while there is no bus. */
  readonly objects: { get(name: string): Promise<Uint8Array | undefined> };
  /** Tells the mesh that stored configuration was found and is not used. */
  readonly events: {
    publish(event: { readonly type: string; readonly severity: 'warning'; readonly message: string }): void;
  };
  /** For the roots that the signer must lead to; without an identity nothing stored is believed. */
  readonly identity: Pick<CertificateHolder, 'current'> | undefined;
  /** SPIFFE ids that galley may have: who may hand out configuration may sign it. */
  readonly signers: readonly string[];
  /** How long galley may be out of reach at the start, milliseconds; 0 switches it off. */
  readonly patienceMs: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** What a sink of galley needs to fall back on galley's last configuration, which is kept on the bus. */
export function sinkFallback(
  options: SinkFallbackOptions,
): Pick<McpSinkOptions, 'fallback' | 'fallbackPatienceMs'> {
  const { objects, events, identity, signers, patienceMs, clock, log } = options;
  if (identity === undefined || patienceMs === 0) return {};
  const fallback = createStoredFallback({
    read: () => objects.get(STORED_SNAPSHOT),
    certificates: identity.current,
    signers: createAllowList(signers),
    now: clock.now,
    log,
    onIgnored: (reason) =>
      events.publish({
        type: 'snapshot.ignored',
        severity: 'warning',
        message: `the configuration stored on the bus is not used: ${reason}`,
      }),
  });
  return { fallback, fallbackPatienceMs: patienceMs };
}
