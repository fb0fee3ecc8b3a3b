import { join, resolve } from 'node:path';
import type { Command } from '../command.ts';
import { containerPaths } from '../compose/container-paths.ts';
import { keepMeshFiles } from '../compose/keep-mesh-files.ts';
import { placeInContainers } from '../compose/place-in-containers.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { writeFileAtomically } from '../files.ts';
import { loadMeshFile } from '../up/plan-mesh.ts';

const NETWORK = /^(\d{1,3})\.(\d{1,3})$/;
const DEFAULT_NETWORK = '172.28';
/** Written last: whoever waits for the files waits for this one. */
const READY_FILE = 'ready';

export const composeFiles: Command = {
  usage: 'compose-files --config DIR --into DIR [--network N.N]',
  description: [
    'Writes what the containers of docker-compose.yml read: keys, tokens, start configuration of Envoys,',
    'and the configuration that follows from mesh.yaml. Runs until it is stopped, and renews tokens.',
  ].join('\n'),
  options: {
    config: { type: 'string', value: 'DIR', help: 'the configuration folder with mesh.yaml' },
    into: { type: 'string', value: 'DIR', help: 'the folder with one folder for each container' },
    network: {
      type: 'string',
      value: 'N.N',
      help: `the first two numbers of the containers' addresses (default: ${DEFAULT_NETWORK})`,
    },
  },
  positionals: { least: 0, most: 0 },
  async run({ program, option }) {
    const config = option('config');
    const into = option('into');
    if (config === undefined || into === undefined) {
      throw new CommandFailure(EXIT.usage, 'compose-files needs --config and --into');
    }
    const network = option('network') ?? DEFAULT_NETWORK;
    if (
      !NETWORK.exec(network)
        ?.slice(1)
        .every((part) => Number(part) <= 255)
    ) {
      throw new CommandFailure(
        EXIT.usage,
        `--network ${network}: expected two numbers such as ${DEFAULT_NETWORK}`,
      );
    }
    const spec = await loadMeshFile(resolve(program.cwd, config), program);
    const mesh = placeInContainers('compose', spec, network);
    const paths = containerPaths(resolve(program.cwd, into));
    const signal = program.stopSignal();
    await keepMeshFiles({ program, mesh, paths, signal });
    await writeFileAtomically(join(paths.issuer, READY_FILE), '');
    program.err.write(`quintet: the files of ${mesh.workloads.length} workloads are in ${into}\n`);
    await untilAborted(signal);
    return EXIT.ok;
  },
};

/** A pending promise keeps no process alive: a timer does. */
function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => {
    const awake = setInterval(() => {}, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(awake);
        done();
      },
      { once: true },
    );
  });
}
