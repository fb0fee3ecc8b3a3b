import { createDebounce, type DebounceTimes } from '@quintet/files';
import type { Issue } from '@quintet/model';
import { type Clock, type Component, errorText, type Log, type Timer } from '@quintet/runtime';

/** An analysis, a step at a time: returns what it found. */
export type AnalysisSteps = Iterator<void, readonly Issue[], void>;

/** An analysis that came to its end. */
export type AnalysisRun = {
  readonly findings: readonly Issue[];
  /** When it began, milliseconds since 1970. */
  readonly time: number;
  /** How long its steps took, milliseconds; without what others did between them. */
  readonly busyMs: number;
};

export type AnalysisRunsOptions = DebounceTimes & {
  /** Begins an analysis of what there is at its first step; undefined while nothing is complete. */
  readonly begin: () => AnalysisSteps | undefined;
  readonly onRun: (run: AnalysisRun) => void;
  readonly clock: Clock;
  readonly log: Log;
};

/** Runs analyses after changes. */
export type AnalysisRuns = Component & {
  /** Something changed. Returns at once. */
  changed(): void;
};

/** After a run it rests for so many times as long as the run took: it never takes more than a tenth of the time. */
const REST = 9;

/**
 * Analyses when it was quiet for a while after a change, at the latest after `maxMs`; one run at a time. A run goes step
 * by step, and everybody else has a turn between two of them. What changes during a run is looked at by the next one.
 */
export function createAnalysisRuns(options: AnalysisRunsOptions): AnalysisRuns {
  const runs = new Runs(options);
  return { name: 'analysis', changed: runs.changed, stop: runs.stop };
}

type Running = { readonly steps: AnalysisSteps; readonly time: number; busyMs: number };

class Runs {
  readonly #options: AnalysisRunsOptions;
  readonly changed: () => void;
  readonly stop: () => void;
  #running: Running | undefined;
  #stopped = false;
  /** A run is due as soon as the present one and the rest after it are over. */
  #due = false;
  /** Monotonic time. */
  #restsUntil = 0;
  /** The next step, or the end of the rest. */
  #next: Timer | undefined;

  constructor(options: AnalysisRunsOptions) {
    this.#options = options;
    const { quietMs, maxMs, clock } = options;
    const run = () => {
      this.#due = true;
      this.#begin();
    };
    const debounce = createDebounce({ quietMs, maxMs, clock, run });
    this.changed = () => {
      if (!this.#stopped) debounce.trigger();
    };
    this.stop = () => {
      this.#stopped = true;
      debounce.stop();
      this.#next?.cancel();
    };
  }

  #begin(): void {
    const { begin, clock } = this.#options;
    if (!this.#due || this.#running !== undefined) return;
    const restMs = this.#restsUntil - clock.monotonic();
    if (restMs > 0) {
      this.#later(restMs, () => this.#begin());
      return;
    }
    this.#due = false;
    const steps = begin();
    if (steps === undefined) return;
    const running = { steps, time: clock.now(), busyMs: 0 };
    this.#running = running;
    this.#later(0, () => this.#step(running));
  }

  #step(running: Running): void {
    const { clock } = this.#options;
    const began = clock.monotonic();
    const findings = this.#advance(running.steps);
    running.busyMs += clock.monotonic() - began;
    if (findings === 'more') this.#later(0, () => this.#step(running));
    else this.#end(running, findings);
  }

  #advance(steps: AnalysisSteps): readonly Issue[] | 'more' | 'failed' {
    try {
      const step = steps.next();
      return step.done === true ? step.value : 'more';
    } catch (error) {
      // Handing out must not end because of a mistake in an analyser, which would be there again after a restart.
      this.#options.log.error({ err: errorText(error) }, 'the analysis of the configuration failed');
      return 'failed';
    }
  }

  #end({ time, busyMs }: Running, findings: readonly Issue[] | 'failed'): void {
    const { clock, onRun } = this.#options;
    this.#running = undefined;
    this.#restsUntil = clock.monotonic() + REST * busyMs;
    if (findings !== 'failed') onRun({ findings, time, busyMs });
    this.#begin();
  }

  #later(ms: number, run: () => void): void {
    this.#next?.cancel();
    this.#next = this.#options.clock.after(ms, run);
  }
}
