import { stat } from 'node:fs/promises';
import { errorText, parseDuration } from '@quintet/runtime/command';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';

/** What `galley probe` of the classic mesh does: for probes of Kubernetes that run a program. */
export const probe: Command = {
  usage: 'probe --probe-path FILE --interval DURATION',
  description:
    'Looks whether a service has renewed its probe file within the interval: 0 when it has, else 1.',
  options: {
    'probe-path': {
      type: 'string',
      value: 'FILE',
      help: 'the file, as --livenessProbePath of the service names it',
    },
    interval: { type: 'string', value: 'DURATION', help: 'how old the file may be, e.g. 10s' },
  },
  positionals: { least: 0, most: 0 },
  async run({ program, option }) {
    const path = option('probe-path') ?? '';
    const interval = parseDuration(option('interval') ?? '');
    if (path === '') throw new CommandFailure(EXIT.usage, 'expected --probe-path FILE');
    if (interval === undefined)
      throw new CommandFailure(EXIT.usage, 'expected --interval, a duration such as 10s');
    const problem = await stat(path).then(({ mtimeMs }) => {
      const age = Date.now() - mtimeMs;
      return age <= interval ? undefined : `${path} was renewed ${Math.round(age / 1000)} s ago`;
    }, errorText);
    if (problem === undefined) return EXIT.ok;
    program.err.write(`quintet: ${problem}\n`);
    return EXIT.failed;
  },
};
