import { readFileSync } from 'node:fs';

/** Ticks of all processors since the machine started. */
export type ProcessorTime = {
  readonly all: number;
  /** What the host of a virtual machine gave to others while this one wanted to run. */
  readonly stolen: number;
};

/** What the processors had done at a moment, milliseconds of a clock that never goes back. */
export type ProcessorSample = ProcessorTime & { readonly at: number };

/** Watches until `worst` is asked for the last time. */
export type StolenTimeWatch = {
  /** The largest share of the processors' time that was stolen in any span of five seconds, 0 to 1. */
  worst(): number;
  stop(): void;
};

const SAMPLE_EVERY_MS = 1000;
const SPAN_MS = 5000;
/** Of the fields behind `cpu`: user, nice, system, idle, iowait, irq, softirq, steal; guests' time is in user and nice. */
const FIELDS = 8;

/** Reads the first line of `/proc/stat` (proc_stat(5)); nothing stolen where it says nothing of the kind. */
export function parseProcessorTime(stat: string): ProcessorTime {
  const [line = ''] = stat.split('\n');
  const ticks = line
    .split(/\s+/)
    .slice(1, 1 + FIELDS)
    .map(Number);
  return { all: ticks.reduce((sum, one) => sum + one, 0), stolen: ticks[FIELDS - 1] ?? 0 };
}

/** The largest stolen share among all spans of `spanMs`, from samples in the order of time; over all when they span less. */
export function worstStolenShare(samples: readonly ProcessorSample[], spanMs = SPAN_MS): number {
  const spans = samples.flatMap((from) => {
    const to = samples.find(({ at }) => at >= from.at + spanMs);
    return to === undefined ? [] : [stolenShare(from, to)];
  });
  const [first, last] = [samples[0], samples.at(-1)];
  if (spans.length === 0 && first !== undefined && last !== undefined) return stolenShare(first, last);
  return Math.max(0, ...spans);
}

function stolenShare(from: ProcessorTime, to: ProcessorTime): number {
  return to.all > from.all ? (to.stolen - from.stolen) / (to.all - from.all) : 0;
}

/** Begins to sample what the host takes away from this machine. Systems without `/proc/stat` count as undisturbed. */
export function watchStolenTime(): StolenTimeWatch {
  const samples: ProcessorSample[] = [];
  const sample = (): void => {
    samples.push({ at: performance.now(), ...parseProcessorTime(readStat()) });
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  timer.unref();
  return {
    worst() {
      sample();
      return worstStolenShare(samples);
    },
    stop: () => clearInterval(timer),
  };
}

function readStat(): string {
  try {
    return readFileSync('/proc/stat', 'utf8');
  } catch {
    return '';
  }
}
