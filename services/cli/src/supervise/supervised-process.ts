import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { type Clock, createBackoff, errorText, sleep } from '@quintet/runtime/command';
import { guardedCommand } from './guarded-command.ts';
import { lastWords } from './last-words.ts';

export type ProcessSpec = {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** File that standard output and standard error are appended to. */
  readonly log: string;
  /** An exit code after which another try would end the same way: wrong flags. */
  readonly hopelessExitCode?: number;
};

/** What happened to a process that nobody asked for. */
export type ProcessEvent =
  | {
      readonly kind: 'ended';
      readonly name: string;
      /** `with exit code 1`, `by SIGKILL`. */
      readonly how: string;
      /** The last line of its log. */
      readonly lastWords: string;
      readonly log: string;
      /** When it is started again; undefined when it is not. */
      readonly retryMs: number | undefined;
    }
  | { readonly kind: 'restarted'; readonly name: string };

export type SuperviseOptions = {
  readonly clock: Clock;
  readonly random: () => number;
  /** A program that has ended stays down at least that long, milliseconds; 0 unless given. */
  readonly restartDelayMs?: number;
  readonly onEvent: (event: ProcessEvent) => void;
};

/** A program that is started again whenever it ends, until it is stopped. */
export type SupervisedProcess = {
  readonly name: string;
  /** Of the program that runs now; undefined between two runs. */
  readonly pid: number | undefined;
  /** Asks it to end, kills it after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
};

const BACKOFF = { initialMs: 250, maxMs: 10_000 };
/** A program that lived this long was no failure to start: the next wait is short again. */
const GOOD_RUN_MS = 10_000;

/** Starts a program and keeps it running. */
export function superviseProcess(spec: ProcessSpec, options: SuperviseOptions): SupervisedProcess {
  const { clock, random, restartDelayMs = 0, onEvent } = options;
  const stopping = new AbortController();
  const backoff = createBackoff({ ...BACKOFF, random });
  let child: ChildProcess | undefined;

  const keepRunning = async (): Promise<void> => {
    for (let run = 0; !stopping.signal.aborted; run += 1) {
      const started = clock.monotonic();
      if (run > 0) onEvent({ kind: 'restarted', name: spec.name });
      child = start(spec);
      const end = await endOf(child);
      child = undefined;
      if (stopping.signal.aborted) return;
      if (clock.monotonic() - started > GOOD_RUN_MS) backoff.reset();
      const hopeless = end.code !== undefined && end.code === spec.hopelessExitCode;
      const retryMs = hopeless ? undefined : Math.max(restartDelayMs, backoff.next());
      const words = await lastWords(spec.log);
      onEvent({ kind: 'ended', name: spec.name, how: end.how, lastWords: words, log: spec.log, retryMs });
      if (retryMs === undefined) return;
      await sleep(clock, retryMs, stopping.signal);
    }
  };
  const finished = keepRunning();

  return {
    name: spec.name,
    get pid() {
      return child?.pid;
    },
    async stop(graceMs) {
      stopping.abort();
      child?.kill('SIGTERM');
      const timer = clock.after(graceMs, () => killGroup(child));
      await finished;
      timer.cancel();
    },
  };
}

function start({ command, env, cwd, log }: ProcessSpec): ChildProcess {
  const [file = '', ...args] = guardedCommand(command);
  const output = openSync(log, 'a', 0o600);
  try {
    return spawn(file, args, { env, cwd, detached: true, stdio: ['pipe', output, output] });
  } finally {
    closeSync(output);
  }
}

type End = { readonly how: string; readonly code: number | undefined };

/** Resolves when the program has ended; its guard then clears up what it left behind. */
async function endOf(child: ChildProcess): Promise<End> {
  try {
    const [code, signal]: (number | string | null)[] = await once(child, 'exit');
    if (typeof code === 'number') return { how: `with exit code ${code}`, code };
    return { how: `by ${signal}`, code: undefined };
  } catch (error) {
    return { how: `before it began: ${errorText(error)}`, code: undefined };
  } finally {
    child.stdin?.destroy();
  }
}

function killGroup(child: ChildProcess | undefined): void {
  // The guard kills the group when its input ends.
  child?.stdin?.destroy();
}
