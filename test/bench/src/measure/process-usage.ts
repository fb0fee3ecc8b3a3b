import { readFileSync } from 'node:fs';

/** What a process has used since its start, and holds now. */
export type ProcessUsage = {
  /** Milliseconds of processor time, user and system, in steps of 10. */
  readonly cpuMs: number;
  /** Resident memory in bytes: all of it, and with shared pages divided among those who share them. */
  readonly rss: number;
  readonly pss: number;
};

/** The kernel counts in ticks of which 100 make a second, on every platform that Node runs on. */
const TICK_MS = 10;

/** Fields of /proc/<pid>/stat, counted from the one after the name. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Reads /proc; throws when there is no such process. */
export function usageOf(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { cpuMs: ticks * TICK_MS, rss: kilobytes(memory, 'Rss'), pss: kilobytes(memory, 'Pss') };
}

function kilobytes(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
  if (found === null) throw new Error(`/proc tells no ${name}`);
  return Number(found[1]) * 1024;
}
