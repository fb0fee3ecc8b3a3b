import { type Clock, type Component, createRateLimit, type Timer } from '@quintet/runtime';

export type ShedMode = 'disabled' | 'logonly' | 'enforce';

/** Decides under overload which requests are not served at all. */
export type Shedder = Component & {
  /** False when the request must be turned away. */
  admit(): boolean;
};

export type ShedderOptions = {
  readonly mode: ShedMode;
  /** Requests a second on average; 0 for no limit. */
  readonly maxRequestsPerSecond: number;
  /** Requests at once above the average. */
  readonly burst: number;
  /** Average time that work waits for its turn, milliseconds, above which requests are turned away; 0 for no limit. */
  readonly latencyThresholdMs: number;
  /** Time in which a sample loses half of its weight, milliseconds. */
  readonly halfLifeMs: number;
  readonly clock: Clock;
  /** Told of every request that is (or in mode `logonly` would be) turned away. */
  readonly onThrottle: (reason: 'rate' | 'latency') => void;
};

const SAMPLE_MS = 50;

/** A shedder that measures how late timers come: all work of the process waits that long. */
export function createShedder(options: ShedderOptions): Shedder {
  const { mode, maxRequestsPerSecond, burst, latencyThresholdMs, halfLifeMs, clock, onThrottle } = options;
  const rate =
    maxRequestsPerSecond > 0
      ? createRateLimit({ clock, perSecond: maxRequestsPerSecond, burst: Math.max(1, burst) })
      : undefined;
  let averageMs = 0;
  let timer: Timer | undefined;
  const sample = () => {
    const expected = clock.monotonic() + SAMPLE_MS;
    timer = clock.after(SAMPLE_MS, () => {
      const late = Math.max(0, clock.monotonic() - expected);
      const kept = 0.5 ** ((SAMPLE_MS + late) / halfLifeMs);
      averageMs = averageMs * kept + late * (1 - kept);
      sample();
    });
  };
  const reasonToShed = (): 'rate' | 'latency' | undefined => {
    if (latencyThresholdMs > 0 && averageMs > latencyThresholdMs) return 'latency';
    return rate === undefined || rate.take() ? undefined : 'rate';
  };
  return {
    name: 'overload',
    admit: () => {
      if (mode === 'disabled') return true;
      const reason = reasonToShed();
      if (reason === undefined) return true;
      onThrottle(reason);
      return mode === 'logonly';
    },
    async start() {
      if (mode !== 'disabled' && latencyThresholdMs > 0) sample();
    },
    async stop() {
      timer?.cancel();
    },
  };
}
