/** An allowance of `limit` within any `windowMs` milliseconds; a window of 0 is one allowance for ever. */
export type RollingWindow = {
  /** What is left at the moment `now` (milliseconds of a clock that never goes back). */
  available(now: number): number;
  /** Takes an amount that is available. */
  take(amount: number, now: number): void;
  /** Whether nothing of it is in use, so that it can be forgotten. */
  idle(now: number): boolean;
};

/** Amounts come back in steps of this many milliseconds, or of a 600th of longer windows. */
const TICK_MS = 100;
const MOST_SLOTS = 600;

/** A window that remembers amounts by tick in a ring. */
export function rollingWindow(limit: number, windowMs: number): RollingWindow {
  if (windowMs === 0) return allowanceForEver(limit);
  const tickMs = Math.max(TICK_MS, windowMs / MOST_SLOTS);
  // One more than the window has, so that nothing comes back before the whole window has passed.
  const slots = new Float64Array(Math.ceil(windowMs / tickMs) + 1);
  let used = 0;
  let latest = Number.NEGATIVE_INFINITY;
  const advance = (now: number): number => {
    const tick = Math.floor(now / tickMs);
    const from = Math.max(0, latest + 1, tick - slots.length + 1);
    for (let passed = from; passed <= tick; passed++) {
      const at = passed % slots.length;
      used -= slots[at] ?? 0;
      slots[at] = 0;
    }
    latest = Math.max(latest, tick);
    return latest % slots.length;
  };
  return {
    available: (now) => {
      advance(now);
      return Math.max(0, limit - used);
    },
    take: (amount, now) => {
      const at = advance(now);
      slots[at] = (slots[at] ?? 0) + amount;
      used += amount;
    },
    idle: (now) => {
      advance(now);
      return used <= 0;
    },
  };
}

function allowanceForEver(limit: number): RollingWindow {
  let used = 0;
  return {
    available: () => Math.max(0, limit - used),
    take: (amount) => {
      used += amount;
    },
    idle: () => used === 0,
  };
}
