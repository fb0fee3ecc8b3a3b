import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICES_FOLDER, serviceCommand } from '../checkout.ts';
import type { Command } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { runForeground } from '../run-foreground.ts';

export const serve: Command = {
  usage: 'serve SERVICE [flags of the service]',
  description: [
    'Runs one service alone: galley, pilot, citadel, injector, mixer or nodeagent. All further flags are',
    "the service's own; quintet serve SERVICE --help lists them. The exit code is the service's.",
  ].join('\n'),
  options: {},
  positionals: { least: 1, most: Number.POSITIVE_INFINITY },
  passesThrough: true,
  async run({ program, positionals: [service, ...flags] }) {
    const known = await servicesOfCheckout();
    if (service === undefined || !known.includes(service)) {
      const what = service === undefined ? 'the service is missing' : `unknown service "${service}"`;
      throw new CommandFailure(EXIT.usage, `${what}; one of ${known.join(', ')}`);
    }
    return runForeground(program, serviceCommand(program.nodePath, service, flags));
  },
};

async function servicesOfCheckout(): Promise<string[]> {
  const entries = await readdir(SERVICES_FOLDER).catch((): string[] => []);
  const services: string[] = [];
  for (const entry of entries) {
    if (entry === 'cli') continue;
    const files = await readdir(join(SERVICES_FOLDER, entry, 'src')).catch((): string[] => []);
    if (files.includes('main.ts')) services.push(entry);
  }
  return services.sort();
}
