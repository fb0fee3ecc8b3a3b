import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { ensureTools } from '../tools/ensure-tools.ts';

export const tools: Command = {
  usage: 'tools',
  description: [
    'Fetches Envoy and nats-server into the cache unless they are there, and prints their paths as shell',
    'variables. ENVOY_BIN and NATS_SERVER_BIN name binaries to use instead.',
  ].join('\n'),
  options: {},
  positionals: { least: 0, most: 0 },
  async run({ program }) {
    const paths = await ensureTools({
      ...program,
      report: (line) => program.err.write(`quintet: ${line}\n`),
    });
    program.out.write(`ENVOY_BIN=${paths.envoy}\nNATS_SERVER_BIN=${paths.natsServer}\n`);
    return EXIT.ok;
  },
};
