import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process of this machine, as /proc shows it. */
export type ProcessInfo = {
  readonly pid: number;
  readonly parent: number;
  readonly command: readonly string[];
  readonly environment: readonly string[];
  readonly folder: string;
};

/** The processes that are alive and may be looked at; zombies have ended. */
export function allProcesses(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processInfo(Number(name)) ?? []);
}

/** A process; undefined when there is none, or it has ended. */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold anything: state, parent … come after the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return {
      pid,
      parent: Number(parent),
      command: words(readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
      environment: words(readFileSync(`/proc/${pid}/environ`, 'utf8')),
      folder: readlinkSync(`/proc/${pid}/cwd`),
    };
  } catch {
    return undefined;
  }
}

/** The processes that have to do with a folder: it stands in their command, environment or working directory. */
export function processesOf(folder: string): ProcessInfo[] {
  return allProcesses().filter(({ command, environment, folder: cwd }) =>
    [...command, ...environment, cwd].some((word) => word.includes(folder)),
  );
}

function words(text: string): string[] {
  return text.split('\0').filter((word) => word !== '');
}
