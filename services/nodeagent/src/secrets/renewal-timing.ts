/**
 * How long attempts to renew a certificate may take and how far apart they are. The promise to be kept: citadel may be away
 * for 40 % of a certificate's life, beginning at any moment, and the successor still arrives in time.
 *
 * Renewal begins between 40 % and 50 % of the life (`renewalDelay`). At worst citadel goes away just then and is back at
 * 90 %. The attempt after that begins at most one wait later, and the one under way when citadel came back may have to run
 * into its timeout first: 90 % + 2 % + 3.3 % leaves more than 4 % of the life for the answer to reach the proxy.
 */
export type RenewalTiming = {
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly timeoutMs: number;
};

const LONGEST_RETRY_SHARE = 1 / 50;
const TIMEOUT_SHARE = 1 / 30;

/** Timing for certificates that live this long (ms); 0 when none was received yet. */
export function renewalTiming(lifetimeMs: number): RenewalTiming {
  const longestRetryMs =
    lifetimeMs === 0 ? 2_000 : clamp(lifetimeMs * LONGEST_RETRY_SHARE, { least: 100, most: 30_000 });
  return {
    firstRetryMs: Math.min(200, longestRetryMs),
    longestRetryMs,
    timeoutMs: lifetimeMs === 0 ? 5_000 : clamp(lifetimeMs * TIMEOUT_SHARE, { least: 500, most: 10_000 }),
  };
}

function clamp(value: number, { least, most }: { least: number; most: number }): number {
  return Math.min(most, Math.max(least, value));
}
