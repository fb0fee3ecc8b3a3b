import { execFile } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { ENVOY, findTool } from '@quintet/testkit';

/** Where and on what figures were taken. */
export type Machine = {
  readonly processors: string;
  readonly memory: string;
  readonly node: string;
  readonly envoy: string;
};

const GIGABYTE = 1024 ** 3;

export async function describeMachine(): Promise<Machine> {
  const all = cpus();
  return {
    processors: `${all.length} x ${all[0]?.model.trim() ?? 'unknown'}`,
    memory: `${(totalmem() / GIGABYTE).toFixed(1)} GB`,
    node: process.versions.node,
    envoy: await envoyVersion(),
  };
}

/** The load of the machine over the last minute: above its number of processors, times are those of a queue. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

async function envoyVersion(): Promise<string> {
  const { stdout } = await promisify(execFile)(await findTool(ENVOY), ['--version']);
  return /\/(\d+\.\d+\.\d+)\//.exec(stdout)?.[1] ?? 'unknown';
}
