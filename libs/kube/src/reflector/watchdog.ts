import type { Clock, Timer } from '@quintet/runtime';

/** Aborts what has been silent for too long. */
export type Watchdog = {
  readonly signal: AbortSignal;
  /** True when it was silence that ended it. */
  stalled(): boolean;
  /** Something was heard. */
  heard(): void;
  /** While something else is waited for, silence means nothing. */
  pause(): void;
  /** Ends it, and what listens to `signal`. */
  stop(): void;
};

/** A watchdog whose signal is also aborted by `parent`. */
export function createWatchdog(options: {
  readonly clock: Clock;
  readonly silenceMs: number;
  readonly parent: AbortSignal;
}): Watchdog {
  const { clock, silenceMs, parent } = options;
  const controller = new AbortController();
  let timer: Timer | undefined;
  let stalled = false;
  const end = () => {
    timer?.cancel();
    parent.removeEventListener('abort', end);
    controller.abort();
  };
  const heard = () => {
    timer?.cancel();
    if (controller.signal.aborted) return;
    timer = clock.after(silenceMs, () => {
      stalled = true;
      end();
    });
  };
  parent.addEventListener('abort', end, { once: true });
  if (parent.aborted) end();
  heard();
  return {
    signal: controller.signal,
    stalled: () => stalled,
    heard,
    pause: () => timer?.cancel(),
    stop: end,
  };
}
