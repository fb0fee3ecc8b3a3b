import { parseDuration } from '@quintet/runtime/command';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { upMesh } from '../up/up-mesh.ts';
import { DEFAULT_MESH } from '../up/welcome.ts';

const NAME = /^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/;

export const up: Command = {
  usage: 'up [--config DIR] [--name NAME] [--restart-delay DURATION]',
  description: [
    'Starts a mesh on this machine: NATS, the five services, the node agent, and the workloads that',
    'mesh.yaml in the configuration folder lists, each behind its own Envoy. It runs until Ctrl-C.',
    'Without --config the mesh has a configuration folder of its own, filled from the sample at first.',
  ].join('\n'),
  options: {
    config: {
      type: 'string',
      value: 'DIR',
      help: 'the configuration folder; changes in it take effect at once',
    },
    name: { type: 'string', value: 'NAME', help: `the name of the mesh (default: ${DEFAULT_MESH})` },
    'restart-delay': {
      type: 'string',
      value: 'DURATION',
      help: 'how long a process that has ended by itself stays down at least, to try what the mesh does without it',
    },
  },
  positionals: { least: 0, most: 0 },
  async run({ program, option }) {
    const name = option('name') ?? DEFAULT_MESH;
    if (!NAME.test(name)) {
      throw new CommandFailure(EXIT.usage, `--name ${name}: expected small letters, digits and dashes`);
    }
    const config = option('config');
    const restartDelayMs = durationOf(option('restart-delay') ?? '0');
    return upMesh(program, { name, restartDelayMs, ...(config !== undefined && { config }) });
  },
};

function durationOf(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 0) return milliseconds;
  throw new CommandFailure(EXIT.usage, `--restart-delay ${text}: expected a duration such as 15s`);
}
