import { MeshError } from '@quintet/runtime';

/** Bounds of lifetimes, all in ms. */
export type LifetimeLimits = {
  /** For those who ask for none. */
  readonly defaultMs: number;
  readonly maxMs: number;
  /** Time (ms since 1970) at which the first certificate above the leaf ends. */
  readonly authorityNotAfter: number;
  readonly now: number;
};

/** Certificates are dated back by this much, for clocks that lag; it does not count towards the lifetime. */
const BACKDATE_MS = 10_000;

/**
 * Validity of a certificate for a requested lifetime (ms; 0 asks for the default). More than the maximum is
 * `invalid_argument`, the classic TTL error. Near the end of the authority the lifetime is cut to what is left of it.
 */
export function lifetimeFor(
  requestedMs: number,
  limits: LifetimeLimits,
): { readonly notBefore: number; readonly notAfter: number } {
  const { defaultMs, maxMs, authorityNotAfter, now } = limits;
  const wanted = requestedMs === 0 ? defaultMs : requestedMs;
  if (!Number.isFinite(wanted) || wanted < 1000) {
    throw new MeshError(
      'invalid_argument',
      `requested TTL ${seconds(wanted)} is not at least one second (TTL_ERROR)`,
    );
  }
  if (wanted > maxMs) {
    throw new MeshError(
      'invalid_argument',
      `requested TTL ${seconds(wanted)} is greater than the max allowed TTL ${seconds(maxMs)} (TTL_ERROR)`,
    );
  }
  const notAfter = Math.min(now + wanted, authorityNotAfter);
  if (notAfter < now + 1000)
    throw new MeshError('unavailable', 'the CA certificate has expired (CA_NOT_READY)');
  return { notBefore: now - BACKDATE_MS, notAfter };
}

function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
