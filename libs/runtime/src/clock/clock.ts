import { performance } from 'node:perf_hooks';

/** A timer that has been started; `cancel` may be called at any time, also after it fired. */
export type Timer = { cancel(): void };

/** Where time comes from. An argument wherever time matters, so that tests own it. */
export type Clock = {
  /** Wall clock, milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For measuring how long something took. */
  monotonic(): number;
  /** Calls `fn` once after `ms` milliseconds. A timer does not keep the process alive. */
  after(ms: number, fn: () => void): Timer;
};

/** `setTimeout` counts in 32 bits: a longer wait would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: startTimer,
};

function startTimer(ms: number, fn: () => void): Timer {
  let rest = Math.max(0, ms);
  let handle: NodeJS.Timeout;
  const arm = () => {
    const step = Math.min(rest, LONGEST_TIMEOUT_MS);
    rest -= step;
    handle = setTimeout(() => (rest > 0 ? arm() : fn()), step);
    handle.unref();
  };
  arm();
  return { cancel: () => clearTimeout(handle) };
}

/**
 * Resolves after `ms` milliseconds, or as soon as `signal` is aborted, whichever is first.
 * Never rejects: the caller looks at `signal.aborted`.
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
