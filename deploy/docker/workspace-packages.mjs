// The packages of the workspace, for the programs that the stages of the Dockerfile run.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const GROUPS = ['libs', 'services', 'test'];
/** What an installation reads at the root, besides the manifest of every package. */
export const ROOT_FILES = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];

/** Folder, relative to `root`, and manifest of every package in the workspace at `root`. */
export function readPackages(root) {
  return GROUPS.flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(group, name))
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => ({
        folder,
        manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
      })),
  );
}

/** The package called `name` and the packages of the workspace that it needs to run, directly or through others. */
export function madeOf(packages, name) {
  const found = new Map();
  const visit = (wanted) => {
    const one = packages.find(({ manifest }) => manifest.name === wanted);
    if (one === undefined) throw new Error(`there is no package ${wanted}`);
    if (found.has(wanted)) return;
    found.set(wanted, one);
    for (const dependency of Object.keys(one.manifest.dependencies ?? {})) {
      if (dependency.startsWith('@quintet/')) visit(dependency);
    }
  };
  visit(name);
  return [...found.values()];
}

/** Copies what an installation reads from the workspace at `from` to the folder `to`. */
export function copyManifests(packages, from, to) {
  const files = [...ROOT_FILES, ...packages.map(({ folder }) => join(folder, 'package.json'))];
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
}
