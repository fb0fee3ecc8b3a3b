// Compiles every library and service to JavaScript in its `dist` folder, the form that bundles are made of.
// The compiler sees all packages as one program, so that the order of packages does not matter.
//   node deploy/docker/compile.mjs
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const compiled = join(root, '.cache/compiled');

rmSync(compiled, { recursive: true, force: true });
const result = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
if (result.status !== 0) process.exit(result.status ?? 1);

for (const group of ['libs', 'services']) {
  for (const name of readdirSync(join(root, group))) {
    const from = join(compiled, group, name, 'src');
    const to = join(root, group, name, 'dist');
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
}
