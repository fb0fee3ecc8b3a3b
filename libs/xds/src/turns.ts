/** Runs jobs one after the other, each in a turn of the event loop of its own. */
export type Turns = {
  /** Asks for a turn; a job that waits for one already is not queued twice. */
  readonly ask: (job: () => void) => void;
};

/**
 * A new set concerns all streams at once. Serving them in one go would keep the process from reading and
 * writing for as long as that takes.
 */
export function createTurns(): Turns {
  const waiting = new Set<() => void>();
  let running = false;
  const run = () => {
    const [job] = waiting;
    if (job === undefined) {
      running = false;
      return;
    }
    waiting.delete(job);
    // Asked for before the job runs: one that throws must not keep the others waiting.
    setImmediate(run);
    job();
  };
  return {
    ask(job) {
      waiting.add(job);
      if (running) return;
      running = true;
      setImmediate(run);
    },
  };
}
