import type { Clock, Timer } from './clock.ts';

/** A clock that stands still until it is told to move. */
export type ManualClock = Clock & {
  /** Moves time on, firing timers in order; what they start within the span fires too. */
  advance(ms: number): Promise<void>;
  /** How many timers are waiting. */
  pending(): number;
  /** Milliseconds until the next timer fires; undefined when none waits. */
  untilNext(): number | undefined;
};

type Entry = { readonly at: number; readonly order: number; readonly fn: () => void };

/** A clock for tests; `start` is milliseconds since 1970. */
export function createManualClock(start = Date.UTC(2024, 0, 1)): ManualClock {
  let now = start;
  let order = 0;
  const timers = new Set<Entry>();
  const next = (): Entry | undefined => [...timers].sort((a, b) => a.at - b.at || a.order - b.order)[0];
  const after = (ms: number, fn: () => void): Timer => {
    const entry = { at: now + Math.max(0, ms), order: order++, fn };
    timers.add(entry);
    return { cancel: () => void timers.delete(entry) };
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    after,
    pending: () => timers.size,
    untilNext: () => {
      const entry = next();
      return entry && entry.at - now;
    },
    async advance(ms) {
      const end = now + ms;
      for (let entry = next(); entry && entry.at <= end; entry = next()) {
        now = entry.at;
        timers.delete(entry);
        entry.fn();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Lets promises that a timer resolved run on before time moves further. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
