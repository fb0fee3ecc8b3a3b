import { systemClock } from '@quintet/runtime/command';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { runningMeshes, selectMesh } from '../mesh/mesh-state.ts';

/** How long `up` may take to put everything away. */
const LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 50;

export const down: Command = {
  usage: 'down [--name NAME]',
  description: 'Ends a mesh that runs on this machine, and waits until it has ended.',
  options: {
    name: { type: 'string', value: 'NAME', help: 'the mesh to end (default: the only one running)' },
  },
  positionals: { least: 0, most: 0 },
  async run({ program, option }) {
    const name = option('name');
    if (name === undefined && (await runningMeshes(program)).length === 0) {
      program.err.write('quintet: no mesh is running\n');
      return EXIT.ok;
    }
    const mesh = await selectMesh(program, name);
    program.kill(mesh.pid, 'SIGTERM');
    const deadline = systemClock.monotonic() + LIMIT_MS;
    while (program.isAlive(mesh.pid)) {
      if (systemClock.monotonic() > deadline) {
        throw new CommandFailure(EXIT.failed, `mesh "${mesh.name}" (process ${mesh.pid}) does not end`);
      }
      await sleepAwake(LOOK_EVERY_MS);
    }
    program.err.write(`quintet: mesh "${mesh.name}" has ended\n`);
    return EXIT.ok;
  },
};

/** There is no event for the end of a process that is not a child. */
function sleepAwake(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
