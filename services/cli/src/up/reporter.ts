import type { Clock, TextOutput } from '@quintet/runtime/command';

/** Tells a person what happens while a mesh starts and runs. */
export type Reporter = {
  /** Something has begun; on a terminal it is replaced by what follows. */
  begin(what: string): void;
  /** What was begun is done. */
  done(what: string): void;
  /** A line that stays. */
  line(text: string): void;
};

/** Writes to `output`, with times since the start. On a terminal the step at work stands in the last line. */
export function createReporter(output: TextOutput, clock: Clock): Reporter {
  const started = clock.monotonic();
  const seconds = (): string => `${((clock.monotonic() - started) / 1000).toFixed(1).padStart(5)}s`;
  let pending = '';
  const erase = (): void => {
    if (pending !== '') output.write('\r\u001b[K');
    pending = '';
  };
  return {
    begin(what) {
      if (!output.isTerminal) return;
      erase();
      pending = clip(`${seconds()}  ${what} ...`, output.columns());
      output.write(pending);
    },
    done(what) {
      erase();
      output.write(`${seconds()}  ${what}\n`);
    },
    line(text) {
      const waiting = pending;
      erase();
      output.write(`${text}\n`);
      if (waiting !== '') {
        pending = waiting;
        output.write(waiting);
      }
    },
  };
}

/** A line that stays in one row of the terminal: only that can be taken back. */
function clip(line: string, columns: number | undefined): string {
  return columns === undefined || line.length < columns
    ? line
    : `${line.slice(0, Math.max(0, columns - 2))}…`;
}
