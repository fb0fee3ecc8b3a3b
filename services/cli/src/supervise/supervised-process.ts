import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { type Clock, createBackoff, errorText, sleep } from '@quintet/runtime/command';
import { guardedCommand } from './guarded-command.ts';

export type ProcessSpec = {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** File that standard output and standard error are appended to. */
  readonly log: string;
};

/** What happened to a process that nobody asked for. */
export type ProcessEvent =
  | {
      readonly kind: 'ended';
      readonly name: string;
      readonly how: string;
      readonly retryMs: number;
      readonly log: string;
    }
  | { readonly kind: 'restarted'; readonly name: string };

export type SuperviseOptions = {
  readonly clock: Clock;
  readonly random: () => number;
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
  const { clock, random, onEvent } = options;
  const stopping = new AbortController();
  const backoff = createBackoff({ ...BACKOFF, random });
  let child: ChildProcess | undefined;

  const keepRunning = async (): Promise<void> => {
    for (let run = 0; !stopping.signal.aborted; run += 1) {
      const started = clock.monotonic();
      if (run > 0) onEvent({ kind: 'restarted', name: spec.name });
      child = start(spec);
      const how = await endOf(child);
      child = undefined;
      if (stopping.signal.aborted) return;
      if (clock.monotonic() - started > GOOD_RUN_MS) backoff.reset();
      const retryMs = backoff.next();
      onEvent({ kind: 'ended', name: spec.name, how, retryMs, log: spec.log });
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

/** Resolves with a description when the program has ended and its guard has cleared up what it left behind. */
async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal]: (number | string | null)[] = await once(child, 'exit');
    return signal === null ? `with exit code ${code}` : `by ${signal}`;
  } catch (error) {
    return errorText(error);
  } finally {
    child.stdin?.destroy();
  }
}

function killGroup(child: ChildProcess | undefined): void {
  // The guard kills the group when its input ends.
  child?.stdin?.destroy();
}
