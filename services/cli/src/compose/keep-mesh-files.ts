import { chmod, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorText, type Program, systemClock } from '@quintet/runtime/command';
import { readFileIfThere, writeFileAtomically } from '../files.ts';
import { keepTokenFiles } from '../issuer/token-files.ts';
import { CONTROL_PLANE } from '../mesh/control-plane.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import { natsConfigFile, writeNatsFiles } from '../up/nats-files.ts';
import { workloadBootstrap } from '../up/workload-processes.ts';
import { openIssuer, tokenFolders, writeDebugToken, writeGenerated } from '../up/write-mesh-files.ts';

const PRIVATE = 0o700;

/**
 * Writes what the containers of a mesh read: keys and tokens, the configuration that follows from mesh.yaml, the start
 * configuration of every Envoy, the bus server's. Keys of a run before stay, because its containers may still run.
 * Resolves when everything is there; tokens are renewed until `signal`.
 */
export async function keepMeshFiles(options: {
  readonly program: Program;
  readonly mesh: PlacedMesh;
  readonly paths: MeshPaths;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { program, mesh, paths, signal } = options;
  const folders = [paths.generated, paths.galley, paths.ca, paths.issuer, paths.nats];
  const files = [paths.rootCert, paths.agentSocket, ...CONTROL_PLANE.map(paths.busSeed)];
  for (const folder of [...folders, ...files.map(dirname)]) await makePrivate(folder);
  if ((await readFileIfThere(paths.debugToken)) === undefined) await writeDebugToken(paths);
  if ((await readFileIfThere(natsConfigFile(paths))) === undefined) await writeNatsFiles(mesh, paths);
  await writeGenerated(mesh, paths);
  for (const workload of mesh.workloads) {
    const { folder, bootstrap } = paths.proxy(workload.id);
    await makePrivate(folder);
    await writeFileAtomically(bootstrap, JSON.stringify(workloadBootstrap(mesh, workload, paths)));
  }
  await keepTokenFiles({
    issuer: await openIssuer(paths),
    folders: tokenFolders(mesh, paths),
    clock: systemClock,
    signal,
    onError: (error) =>
      program.err.write(`quintet: tokens cannot be renewed, trying again: ${errorText(error)}\n`),
  });
}

/** A volume is there already, and open to everybody. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: PRIVATE });
  await chmod(folder, PRIVATE);
}
