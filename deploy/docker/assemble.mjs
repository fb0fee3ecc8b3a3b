// Makes for every service a folder with all that it needs to run: TO/<service>, with the program main.js. It is called in a
// compiled checkout whose packages are installed: the package manager's store has all that services need, and packages that
// several services need are links to the same files.
//   node deploy/docker/assemble.mjs TO
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { copyManifests, madeOf, ROOT_FILES, readPackages } from './workspace-packages.mjs';

const root = resolve(import.meta.dirname, '../..');
/** Folders with code that Node runs as it is. */
const CODE = ['dist', 'gen'];
/** Declarations, sources, and maps to them: what compilers and debuggers read, and Node does not. */
const NOT_RUN = /\.([cm]?ts|map)$/;

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: assemble.mjs TO');
const packages = readPackages(root);
for (const { folder, manifest } of packages.filter((one) => one.folder.startsWith('services'))) {
  assemble(manifest.name, folder, join(target, basename(folder)));
}

function assemble(name, folder, to) {
  copyManifests(packages, root, to);
  install(name, to);
  const wanted = madeOf(packages, name);
  for (const one of packages) {
    if (!wanted.includes(one)) rmSync(join(to, one.folder), { recursive: true });
  }
  for (const one of wanted) {
    for (const code of CODE.map((part) => join(one.folder, part))) {
      if (existsSync(join(root, code))) cpSync(join(root, code), join(to, code), { recursive: true });
    }
  }
  for (const file of [...ROOT_FILES, 'test']) rmSync(join(to, file), { recursive: true });
  removeWhatIsNotRun(to);
  symlinkSync(join(folder, 'dist/main.js'), join(to, 'main.js'));
}

/** Installs what a service needs to run, without the network. */
function install(name, cwd) {
  const flags = ['--prod', '--offline', '--frozen-lockfile', '--ignore-scripts', '--loglevel=warn'];
  const command = ['install', ...flags, '--filter', `${name}...`];
  const { status, error } = spawnSync('pnpm', command, { cwd, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) throw new Error(`what ${name} needs cannot be installed`);
}

function removeWhatIsNotRun(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeWhatIsNotRun(path);
    else if (NOT_RUN.test(entry.name)) rmSync(path);
  }
}
