import { join } from 'node:path';
import { errorText, type Program, systemClock } from '@quintet/runtime/command';
import { keepTokenFiles } from '../issuer/token-files.ts';
import { controlPlaneProcesses } from './control-plane-processes.ts';
import type { MeshRun } from './mesh-run.ts';
import { natsProcess, writeNatsFiles } from './nats-files.ts';
import type { ProcessGroups } from './start-processes.ts';
import { applicationProcess, envoyProcess } from './workload-processes.ts';
import { openIssuer, tokenFolders, writeBootstraps, writeGenerated } from './write-mesh-files.ts';

/** Writes everything that the processes of a mesh read, and answers what to run. Tokens are renewed until it ends. */
export async function prepareProcesses(run: MeshRun): Promise<ProcessGroups> {
  const { program, paths, mesh, tools, signal, reporter, configFolder } = run;
  await keepTokenFiles({
    issuer: await openIssuer(paths),
    folders: tokenFolders(mesh, paths),
    clock: systemClock,
    signal,
    onError: (error) => reporter.line(`tokens cannot be renewed, trying again: ${errorText(error)}`),
  });
  await writeGenerated(mesh, paths);
  await writeBootstraps(mesh, paths);
  await writeNatsFiles(mesh, paths);
  const context = { mesh, paths, configFolder, nodePath: program.nodePath, env: childEnvironment(program) };
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

/** Our own environment, and a cache of compiled code. */
function childEnvironment({ env }: Program): Readonly<Record<string, string | undefined>> {
  const cache = env.XDG_CACHE_HOME || join(env.HOME ?? '.', '.cache');
  return { NODE_COMPILE_CACHE: join(cache, 'quintet', 'node'), ...env };
}
