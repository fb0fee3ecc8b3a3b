import type { Clock } from '../clock/clock.ts';
import { errorText } from '../errors/mesh-error.ts';
import type { Log, LogFields } from './log.ts';

/** What is said about something that is tried again and again. */
export type FailureLog = {
  /** An attempt failed. `error` is what was thrown, or a text. */
  failed(error: unknown, fields?: LogFields): void;
  /** An attempt succeeded, or nothing is to be tried any more. */
  succeeded(fields?: LogFields): void;
};

export type FailureLogOptions = {
  readonly log: Log;
  readonly clock: Clock;
  /** The message of a failure: `no certificate; trying again`. */
  readonly failing: string;
  /** The message of the first success after failures. */
  readonly recovered: string;
  /** Of failures; `warn` unless given. */
  readonly level?: 'warn' | 'error';
};

const REMIND_MS = 60_000;
/** Of one outage; whatever more there are wait for a reminder. */
const MOST_REASONS = 8;

/**
 * Writes the first failure, then each reason that was not told since, then a reminder once a minute at most with how many
 * failures there were since when, and the recovery. Reasons that differ in numbers alone are one: messages tell times.
 */
export function createFailureLog(options: FailureLogOptions): FailureLog {
  const { log, clock, failing, recovered, level = 'warn' } = options;
  const reasons = new Set<string>();
  let failures = 0;
  let since = '';
  let saidAt = 0;
  const isDue = (reason: string): boolean => {
    if (!reasons.has(reason) && reasons.size < MOST_REASONS) return true;
    return clock.monotonic() - saidAt >= REMIND_MS;
  };
  return {
    failed(error, fields = {}) {
      if (failures === 0) since = new Date(clock.now()).toISOString();
      failures += 1;
      const reason = errorText(error).replace(/\d+(\.\d+)?/g, '#');
      if (!isDue(reason)) return;
      reasons.add(reason);
      saidAt = clock.monotonic();
      const repeated = failures === 1 ? {} : { failures, since };
      const why = error instanceof Error ? { err: error } : { reason: errorText(error) };
      log[level]({ ...fields, ...repeated, ...why }, failing);
    },
    succeeded(fields = {}) {
      if (failures > 0) log.info({ ...fields, failures, since }, recovered);
      failures = 0;
      reasons.clear();
    },
  };
}
