import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually, freePort } from '@quintet/testkit';

const ROOT = resolve(import.meta.dirname, '../../..');
const CLI = resolve(ROOT, 'services/cli/src/main.ts');

export type CommandRun = { readonly code: number | null; readonly out: string; readonly err: string };

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** True: may read only what permissions let it read, also when root runs the tests. */
  readonly heedPermissions?: boolean;
  /** How many directories and files it may watch: the limit of a user namespace of its own. */
  readonly inotifyWatches?: number;
};

/** Runs `quintet` as a process of its own until it ends. */
export async function runQuintet(args: readonly string[], options: RunOptions = {}): Promise<CommandRun> {
  const child = spawnQuintet(args, options);
  const written = collect(child);
  child.stdin?.end(options.input ?? '');
  const code = await exitOf(child);
  return { code, ...written() };
}

/** A service that runs as a process of its own. */
export type RunningService = {
  readonly child: ChildProcess;
  /** Where its admin port answers, `127.0.0.1:port`. */
  readonly admin: string;
  /** What it has written to standard error so far. */
  readonly log: () => string;
  /** Waits until `/readyz` answers 200; fails with the log when the service ends before. */
  readonly ready: () => Promise<void>;
  /** Sends SIGTERM and answers the exit code. */
  readonly stop: () => Promise<number | null>;
};

/** Starts `quintet serve SERVICE flags`, with an admin port of its own on loopback. */
export async function serve(
  service: string,
  flags: readonly string[],
  options: RunOptions = {},
): Promise<RunningService> {
  const port = await freePort();
  const admin = `127.0.0.1:${port}`;
  const child = spawnQuintet(['serve', service, '--admin-address', admin, ...flags], options);
  const written = collect(child);
  const ended = exitOf(child);
  const log = () => written().err;
  return {
    child,
    admin,
    log,
    async ready() {
      try {
        await eventually(() => isReady(child, admin), { timeoutMs: 30_000, everyMs: 50 });
      } catch (error) {
        throw new Error(
          `${service} is not ready: ${error instanceof Error ? error.message : error}\n${log()}`,
        );
      }
    },
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function isReady(child: ChildProcess, admin: string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
  const answer = await fetch(`http://${admin}/readyz`);
  const text = await answer.text();
  if (answer.ok) return true;
  throw new Error(text);
}

/** Without these capabilities root, too, is held to the permissions of files (capabilities(7)). */
const HEEDING_PERMISSIONS = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'];

/** Limits the command that follows; the shell's `$0` is the number. */
const FEW_WATCHES = [
  'unshare',
  '-Ur',
  'sh',
  '-c',
  'echo "$0" > /proc/sys/user/max_inotify_watches && exec "$@"',
];

/** Whether a process may have a user namespace of its own here. */
export function hasUserNamespaces(): boolean {
  return spawnSync('unshare', ['-Ur', 'true']).status === 0;
}

function spawnQuintet(args: readonly string[], options: RunOptions): ChildProcess {
  const { cwd, env, heedPermissions, inotifyWatches } = options;
  const root = process.getuid?.() === 0;
  const [program = '', ...rest] = [
    ...(heedPermissions && root ? HEEDING_PERMISSIONS : []),
    ...(inotifyWatches === undefined ? [] : [...FEW_WATCHES, String(inotifyWatches)]),
    ...[process.execPath, '-C', 'development', CLI, ...args],
  ];
  return spawn(program, rest, {
    cwd: cwd ?? ROOT,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess): () => { out: string; err: string } {
  const written = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    written.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written.err += text;
  });
  return () => ({ ...written });
}

/** The exit code, once the process has ended and all it wrote has been read. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code));
  });
}
