// Copies the packages of the workspace, or parts of them, for the stages of the Dockerfile.
//   node copy-packages.mjs FROM TO                   manifests only: what an installation needs to know
//   node copy-packages.mjs FROM TO --compiled        manifests and compiled code
//   node copy-packages.mjs FROM TO --service NAME    manifests and compiled code of one service and of what it is made of;
//                                                    other packages are removed from TO
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT_FILES = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
const GROUPS = ['libs', 'services', 'test'];
/** Folders with code that Node runs as it is. */
const CODE = ['dist', 'gen'];

const [from, to, mode, service] = process.argv.slice(2);
if (from === undefined || to === undefined)
  throw new Error('usage: copy-packages.mjs FROM TO [--compiled | --service NAME]');

const packages = GROUPS.flatMap((group) =>
  existsSync(join(from, group))
    ? readdirSync(join(from, group))
        .map((name) => join(group, name))
        .filter((folder) => existsSync(join(from, folder, 'package.json')))
        .map((folder) => ({
          folder,
          manifest: JSON.parse(readFileSync(join(from, folder, 'package.json'), 'utf8')),
        }))
    : [],
);
const wanted = mode === '--service' ? madeOf(`@quintet/${service}`) : packages;

for (const file of ROOT_FILES) copy(file);
for (const { folder } of wanted) {
  copy(join(folder, 'package.json'));
  if (mode === undefined) continue;
  for (const code of CODE) copy(join(folder, code));
}
if (mode === '--service') {
  for (const { folder } of packages.filter((one) => !wanted.includes(one))) {
    rmSync(join(to, folder), { recursive: true, force: true });
  }
}

/** A package and the packages of the workspace that it needs to run, directly or through others. */
function madeOf(name) {
  const found = new Map();
  const visit = (wantedName) => {
    const one = packages.find(({ manifest }) => manifest.name === wantedName);
    if (one === undefined) throw new Error(`there is no package ${wantedName}`);
    if (found.has(wantedName)) return;
    found.set(wantedName, one);
    for (const dependency of Object.keys(one.manifest.dependencies ?? {})) {
      if (dependency.startsWith('@quintet/')) visit(dependency);
    }
  };
  visit(name);
  return [...found.values()];
}

function copy(path) {
  if (!existsSync(join(from, path))) return;
  mkdirSync(dirname(join(to, path)), { recursive: true });
  cpSync(join(from, path), join(to, path), {
    recursive: true,
    filter: (file) => !/\.(d\.ts|map)$/.test(file),
  });
}
