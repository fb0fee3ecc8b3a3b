#!/usr/bin/env node
// The command `quintet`. In a checkout it runs the sources with the pinned Node; an installed package has compiled code
// and no sources, and runs in this very process.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const services = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const OLDEST_NODE = 24;

// Paths are relative to the folder that the command is called in, not to where a package manager was called before.
process.env.INIT_CWD = process.cwd();

if (existsSync(join(services, 'cli/src/main.ts'))) {
  process.argv.splice(2, 0, 'services/cli/src/main.ts');
  await import('./with-node.mjs');
} else if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`quintet: Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}\n`);
  process.exitCode = 1;
} else {
  // Half of the time of a short command is reading code; what was read is kept for the next time, where nobody else
  // can write.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'quintet/code'));
  await import('../dist/main.js');
}
