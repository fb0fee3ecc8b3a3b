import { resolve } from 'node:path';
import { type Program, systemClock } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from '../exit.ts';
import { type MeshPaths, meshPaths, stateFolder } from '../mesh/mesh-paths.ts';
import { isRunning, readMeshState, removeMeshState, writeMeshState } from '../mesh/mesh-state.ts';
import { ensureTools } from '../tools/ensure-tools.ts';
import { configFolder } from './default-config.ts';
import { meshState } from './describe-mesh.ts';
import { holdFreeBlock } from './find-block.ts';
import { followStart } from './follow-start.ts';
import type { MeshRun } from './mesh-run.ts';
import { findPlace, loadMeshFile } from './plan-mesh.ts';
import { prepareProcesses } from './prepare-processes.ts';
import { createReporter } from './reporter.ts';
import { startProcesses } from './start-processes.ts';
import { makeMeshFolders, writeDebugToken } from './write-mesh-files.ts';

export type UpOptions = {
  readonly name: string;
  /** The configuration folder as the caller wrote it; the mesh's own without it. */
  readonly config?: string;
  /** How long a process that has ended by itself stays down at least. */
  readonly restartDelayMs: number;
};

/** Runs a mesh until it is told to stop. Answers the exit code; throws for what keeps it from starting. */
export async function upMesh(program: Program, options: UpOptions): Promise<number> {
  const { name, restartDelayMs } = options;
  const signal = program.stopSignal();
  const reporter = createReporter(program.err, systemClock);
  const paths = meshPaths(stateFolder(program.env), name);
  await refuseSecondRun(program, { name, paths });
  reporter.begin('looking for Envoy and nats-server');
  const tools = await ensureTools({ ...program, signal, report: (line) => reporter.line(line) });
  const wanted = options.config === undefined ? undefined : resolve(program.cwd, options.config);
  const folder = await configFolder(wanted, paths.config);
  const spec = await loadMeshFile(folder, program);
  const held = await holdFreeBlock();
  try {
    const mesh = await findPlace(name, spec, { block: held.block, paths });
    await makeMeshFolders(paths);
    const debugToken = await writeDebugToken(paths);
    const state = meshState({ mesh, paths, debugToken, pid: program.pid, configFolder: folder });
    await writeMeshState(paths.state, state);
    reporter.done(`mesh "${name}" has the addresses 127.${held.block}.0.0/16`);
    const timing = { startedAt: systemClock.now(), restartDelayMs };
    await runMesh({ program, reporter, signal, paths, mesh, tools, configFolder: folder, state, ...timing });
    return EXIT.ok;
  } finally {
    held.release();
    await removeMeshState(paths.state);
  }
}

async function refuseSecondRun(
  program: Program,
  { name, paths }: { readonly name: string; readonly paths: MeshPaths },
): Promise<void> {
  const before = await readMeshState(paths.state);
  if (before === undefined || !(await isRunning(program, before))) return;
  throw new CommandFailure(
    EXIT.failed,
    `mesh "${name}" is running already (process ${before.pid})`,
    `end it with: quintet down --name ${name}`,
  );
}

async function runMesh(run: MeshRun): Promise<void> {
  const { reporter, signal, mesh } = run;
  const processes = startProcesses(await prepareProcesses(run), run);
  try {
    await Promise.race([followStart(run).then(() => untilAborted(signal)), processes.failed]);
  } finally {
    reporter.begin('stopping');
    await processes.stop();
    reporter.done(`mesh "${mesh.name}" has ended`);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
