import type { Clock, Timer } from '@quintet/runtime';

/** How long to wait for more before doing something, milliseconds. */
export type DebounceTimes = {
  /** Nothing happened for this long. */
  readonly quietMs: number;
  /** No longer than this after the first thing happened. */
  readonly maxMs: number;
};

/** What a debouncer tells its owner, for metrics. */
export type DebounceObserver = {
  readonly changed?: () => void;
  readonly reset?: () => void;
  readonly fired?: (why: 'quiet' | 'max') => void;
};

/** Joins what happens in quick succession into one call. */
export type Debounce = {
  /** Something happened. */
  trigger(): void;
  /** No more calls. */
  stop(): void;
};

/** Calls `run` when it was quiet for a while after a trigger, at the latest after `maxMs`. */
export function createDebounce(
  options: DebounceTimes & {
    readonly clock: Clock;
    readonly run: () => void;
    readonly observer?: DebounceObserver;
  },
): Debounce {
  const { quietMs, maxMs, clock, run, observer } = options;
  let quiet: Timer | undefined;
  let limit: Timer | undefined;
  const stop = (): void => {
    quiet?.cancel();
    limit?.cancel();
    quiet = undefined;
    limit = undefined;
  };
  const fire = (why: 'quiet' | 'max'): void => {
    stop();
    observer?.fired?.(why);
    run();
  };
  return {
    trigger() {
      observer?.changed?.();
      if (quiet !== undefined) observer?.reset?.();
      quiet?.cancel();
      quiet = clock.after(quietMs, () => fire('quiet'));
      limit ??= clock.after(maxMs, () => fire('max'));
    },
    stop,
  };
}
