import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the checkout. */
export const root = resolve(import.meta.dirname, '../../..');

export type Package = {
  /** Path below the root, e.g. `libs/model`. */
  readonly folder: string;
  readonly manifest: Manifest;
};

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The packages below one folder of the root, sorted by folder. */
export function packagesOf(group: 'libs' | 'services' | 'test'): Package[] {
  return readdirSync(join(root, group), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasFile(join(group, entry.name), 'package.json'))
    .map((entry) => join(group, entry.name))
    .sort()
    .map((folder) => ({ folder, manifest: JSON.parse(readText(join(folder, 'package.json'))) }));
}

function hasFile(folder: string, name: string): boolean {
  return readdirSync(join(root, folder)).includes(name);
}

/** The TypeScript sources below `folder`, as paths below the root, sorted; nothing generated or installed. */
export function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory())
        return ['node_modules', 'dist', 'gen'].includes(entry.name) ? [] : sourcesOf(path);
      return entry.isFile() && entry.name.endsWith('.ts') ? [path] : [];
    })
    .sort();
}

/** What a source imports or re-exports, type imports included, as written. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(
    /^(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
