import type { Clock, Timer } from '@quintet/runtime';

export type DebounceOptions = {
  readonly clock: Clock;
  /** How long it has to be quiet, milliseconds. */
  readonly quietMs: number;
  /** How long it may take after the first call at most, milliseconds. */
  readonly maxMs: number;
  readonly run: () => void;
};

export type Debounce = {
  /** Something changed. */
  readonly touch: () => void;
  readonly stop: () => void;
};

/** Runs once for many changes: when it has been quiet for a while, at the latest some time after the first. */
export function createDebounce({ clock, quietMs, maxMs, run }: DebounceOptions): Debounce {
  let first: number | undefined;
  let timer: Timer | undefined;
  const fire = () => {
    first = undefined;
    timer = undefined;
    run();
  };
  return {
    touch() {
      const now = clock.monotonic();
      first ??= now;
      timer?.cancel();
      timer = clock.after(Math.min(quietMs, Math.max(0, first + maxMs - now)), fire);
    },
    stop() {
      timer?.cancel();
      first = undefined;
    },
  };
}
