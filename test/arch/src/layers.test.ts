import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, packagesOf, readText, sourcesOf } from './workspace.ts';

/** Libraries from the bottom up; a library imports from lower rows only. */
const LAYERS: readonly (readonly string[])[] = [
  ['proto'],
  ['model', 'pki'],
  ['runtime'],
  ['bus', 'kube', 'xds', 'mcp', 'expr', 'files', 'proxy'],
  ['testkit'],
];

const rank: ReadonlyMap<string, number> = new Map(
  LAYERS.flatMap((names, index) => names.map((name) => [`@quintet/${name}`, index] as const)),
);
const libs = packagesOf('libs');
const services = packagesOf('services');

const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function importedPackages(folder: string, select: (path: string) => boolean): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of sourcesOf(folder).filter(select)) {
    for (const specifier of importsOf(readText(path))) {
      if (!specifier.startsWith('.') && !specifier.startsWith('node:'))
        found.set(packageName(specifier), path);
    }
  }
  return found;
}

const isTest = (path: string): boolean =>
  path.endsWith('.test.ts') || /\/(testing|fixture|golden)\//.test(path);

/**
 * Services export nothing; a test may take what a service's own tests start it with, and what it declares of itself
 * for the printed reference.
 */
function mayReach(folder: string, target: string): boolean {
  if (target.startsWith(`${folder}/`)) return true;
  return (
    folder.startsWith('test/') && /^services\/[^/]+\/src\/(testing\/|(config|metrics)\.ts$)/.test(target)
  );
}

describe('layers', () => {
  it.each(libs.map((lib) => [lib.folder, lib] as const))('%s has a place in the list of layers', (_, lib) => {
    expect(rank.has(lib.manifest.name)).toBe(true);
  });

  it.each(libs.map((lib) => [lib.folder, lib] as const))('%s depends on lower layers only', (_, lib) => {
    const own = rank.get(lib.manifest.name) ?? -1;
    const upward = Object.keys(lib.manifest.dependencies ?? {}).filter(
      (name) => (rank.get(name) ?? -1) >= own,
    );
    expect(upward).toEqual([]);
  });

  it.each(services.map((service) => [service.folder, service] as const))(
    '%s depends on no service',
    (_, service) => {
      const names = services.map((other) => other.manifest.name);
      const { dependencies, devDependencies } = service.manifest;
      expect(
        Object.keys({ ...dependencies, ...devDependencies }).filter((name) => names.includes(name)),
      ).toEqual([]);
    },
  );
});

describe('imports', () => {
  const all = [...libs, ...services, ...packagesOf('test')];

  it.each(all.map((one) => [one.folder, one] as const))(
    '%s imports what its package.json names',
    (folder, one) => {
      const { name, dependencies = {}, devDependencies = {} } = one.manifest;
      const rootDevelopment = new Set(['vitest', 'fast-check']);
      const missing = [...importedPackages(folder, () => true)].filter(
        ([imported]) =>
          imported !== name &&
          !(imported in dependencies) &&
          !(imported in devDependencies) &&
          !rootDevelopment.has(imported),
      );
      expect(missing).toEqual([]);
    },
  );

  it.each(all.map((one) => [one.folder, one] as const))(
    '%s needs no development dependency to run',
    (folder, one) => {
      const { name, dependencies = {}, devDependencies = {} } = one.manifest;
      const wrong = [...importedPackages(folder, (path) => !isTest(path))].filter(
        ([imported]) => imported !== name && !(imported in dependencies) && imported in devDependencies,
      );
      expect(folder.startsWith('test/') ? [] : wrong).toEqual([]);
    },
  );

  it.each(all.map((one) => [one.folder, one] as const))(
    '%s reaches no other package by a relative path',
    (folder) => {
      const escaping = sourcesOf(folder).flatMap((path) =>
        importsOf(readText(path))
          .filter((specifier) => specifier.startsWith('.'))
          .filter((specifier) => !mayReach(folder, normalize(join(dirname(path), specifier))))
          .map((specifier) => `${path}: ${specifier}`),
      );
      expect(escaping).toEqual([]);
    },
  );
});
