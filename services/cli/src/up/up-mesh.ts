import { join, resolve } from 'node:path';
import { type Program, systemClock } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from '../exit.ts';
import { keepTokenFiles } from '../issuer/token-files.ts';
import { type MeshPaths, meshPaths, stateFolder } from '../mesh/mesh-paths.ts';
import { isRunning, readMeshState, removeMeshState, writeMeshState } from '../mesh/mesh-state.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import { ensureTools, type ToolPaths } from '../tools/ensure-tools.ts';
import { ADMIN_PORT, controlPlaneProcesses } from './control-plane-processes.ts';
import { configFolder } from './default-config.ts';
import { meshState, pageUrl } from './describe-mesh.ts';
import { holdFreeBlock } from './find-block.ts';
import { sendTraffic, waitForPage } from './first-page.ts';
import { natsProcess, writeNatsFiles } from './nats-files.ts';
import { findPlace, loadMeshFile } from './plan-mesh.ts';
import { createReporter, type Reporter } from './reporter.ts';
import { type ProcessGroups, startProcesses } from './start-processes.ts';
import { type Readiness, waitReady } from './wait-ready.ts';
import { watchChanges } from './watch-changes.ts';
import { welcomeText } from './welcome.ts';
import { applicationProcess, envoyProcess, HEALTH_PORT } from './workload-processes.ts';
import {
  makeMeshFolders,
  openIssuer,
  tokenFolders,
  writeBootstraps,
  writeDebugToken,
  writeGenerated,
} from './write-mesh-files.ts';

export type UpOptions = { readonly name: string; readonly config?: string };

/** Time within which everything has to be ready, and then the page to come. */
const READY_LIMIT_MS = 90_000;
const PAGE_LIMIT_MS = 30_000;
const FIRST_REQUESTS = 20;

/** Runs a mesh until it is told to stop. Answers the exit code. */
export async function upMesh(program: Program, options: UpOptions): Promise<number> {
  const signal = program.stopSignal();
  const reporter = createReporter(program.err, systemClock);
  const paths = meshPaths(stateFolder(program.env), options.name);
  const before = await readMeshState(paths.state);
  if (before !== undefined && (await isRunning(program, before))) {
    throw new CommandFailure(
      EXIT.failed,
      `mesh "${options.name}" is running already (process ${before.pid})`,
      `end it with: quintet down --name ${options.name}`,
    );
  }
  reporter.begin('looking for Envoy and nats-server');
  const tools = await ensureTools({ ...program, report: (line) => reporter.line(line) });
  const wanted = options.config === undefined ? undefined : resolve(program.cwd, options.config);
  const folder = await configFolder(wanted, paths.config);
  const spec = await loadMeshFile(folder, program);
  const held = await holdFreeBlock();
  try {
    const mesh = await findPlace(options.name, spec, { block: held.block, paths });
    reporter.done(`addresses 127.${held.block}.0.0/16, Envoy and nats-server are there`);
    return await runMesh({ program, reporter, signal, paths, mesh, tools, configFolder: folder });
  } finally {
    held.release();
    await removeMeshState(paths.state);
  }
}

type Run = {
  readonly program: Program;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly paths: MeshPaths;
  readonly mesh: PlacedMesh;
  readonly tools: ToolPaths;
  readonly configFolder: string;
};

async function runMesh(run: Run): Promise<number> {
  const { reporter, signal, mesh } = run;
  const groups = await writeFiles(run);
  const processes = startProcesses(groups, reporter);
  try {
    await waitUntilUp(run);
    if (!signal.aborted) await untilAborted(signal);
    return EXIT.ok;
  } finally {
    reporter.begin('stopping');
    await processes.stop();
    reporter.done(`mesh "${mesh.name}" has ended`);
  }
}

/** Writes everything that the processes read, and answers what to run. */
async function writeFiles(run: Run): Promise<ProcessGroups> {
  const { program, paths, mesh, tools, signal, reporter, configFolder: folder } = run;
  await makeMeshFolders(paths);
  const debugToken = await writeDebugToken(paths);
  await writeMeshState(
    paths.state,
    meshState({ mesh, paths, debugToken, pid: program.pid, configFolder: folder }),
  );
  await keepTokenFiles({
    issuer: await openIssuer(paths),
    folders: tokenFolders(mesh, paths),
    clock: systemClock,
    signal,
    onError: (error) => reporter.line(`tokens cannot be renewed, trying again: ${String(error)}`),
  });
  await writeGenerated(mesh, paths);
  await writeBootstraps(mesh, paths);
  await writeNatsFiles(mesh, paths);
  const env = processEnvironment(program);
  const context = { mesh, paths, configFolder: folder, nodePath: program.nodePath, env };
  const applications = mesh.workloads.filter(({ spec }) => spec.kind === 'application');
  return [
    [natsProcess(tools.natsServer, paths)],
    controlPlaneProcesses(context),
    [
      ...mesh.workloads.map((workload) => envoyProcess(tools.envoy, workload, paths)),
      ...applications.map((workload) => applicationProcess(workload, context)),
    ],
  ];
}

/** The environment of what `up` starts: its own, and a place where Node keeps compiled code. */
function processEnvironment(program: Program): Readonly<Record<string, string | undefined>> {
  const { env } = program;
  const cache = env.XDG_CACHE_HOME || join(env.HOME ?? '.', '.cache');
  return { NODE_COMPILE_CACHE: join(cache, 'quintet', 'node'), ...env };
}

async function waitUntilUp({
  program,
  reporter,
  signal,
  paths,
  mesh,
  configFolder: folder,
}: Run): Promise<void> {
  const waiting = new Set(readinessOf(mesh, paths).map(({ name }) => name));
  reporter.begin('starting the mesh');
  await waitReady(readinessOf(mesh, paths), {
    signal,
    limitMs: READY_LIMIT_MS,
    onReady: (name) => {
      waiting.delete(name);
      if (waiting.size > 0) reporter.begin(`waiting for ${[...waiting].join(', ')}`);
    },
  });
  if (signal.aborted) return;
  reporter.done(`five services, node agent, NATS and ${mesh.workloads.length} Envoys are ready`);
  const page = pageUrl(mesh);
  if (page !== '') await showPage({ page, signal, reporter });
  if (signal.aborted) return;
  const metrics = `http://${mesh.addresses.mixer}:42422/metrics`;
  program.out.write(welcomeText({ name: mesh.name, page, configFolder: folder, logs: paths.logs, metrics }));
  watchChanges({ mesh, paths, configFolder: folder, signal, reporter });
}

async function showPage(options: { page: string; signal: AbortSignal; reporter: Reporter }): Promise<void> {
  const { page, signal, reporter } = options;
  reporter.begin('waiting for the first page');
  await waitForPage(page, { signal, limitMs: PAGE_LIMIT_MS });
  reporter.done('the first page came through the gateway');
  const { sent, failed, versions } = await sendTraffic(page, {
    count: FIRST_REQUESTS,
    service: 'reviews',
    signal,
  });
  const shares = [...versions].sort().map(([version, count]) => `${count} by reviews ${version}`);
  const trouble = failed === 0 ? '' : `, ${failed} failed`;
  reporter.done(`${sent} more requests${trouble}${shares.length === 0 ? '' : `: ${shares.join(', ')}`}`);
}

function readinessOf(mesh: PlacedMesh, paths: MeshPaths): Readiness[] {
  const { citadel, galley, pilot, mixer, injector, nodeagent } = mesh.addresses;
  const services = Object.entries({ citadel, galley, pilot, mixer, injector, nodeagent });
  return [
    ...services.map(([name, address]) => ({
      name,
      url: `http://${address}:${ADMIN_PORT}/readyz`,
      log: paths.log(name),
    })),
    ...mesh.workloads.map(({ id, address }) => ({
      name: id,
      url: `http://${address}:${HEALTH_PORT}/healthz/ready`,
      log: paths.log(`${id}-envoy`),
    })),
  ];
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
