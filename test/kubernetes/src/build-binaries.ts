import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binary, cacheDirectory, KUBERNETES_VERSION, pathOfBinary } from './binaries.ts';
import { goModule } from './go-modules.ts';
import { runGo } from './run-go.ts';

/** How builds tell how far they are. */
export type Progress = (line: string) => void;

/**
 * Builds the programs that are not there yet, one after the other, from the Go module proxy: some ten minutes for all of
 * them on two cores the first time, nothing the next.
 */
export async function buildBinaries(binaries: readonly Binary[], progress: Progress): Promise<void> {
  const missing: Binary[] = [];
  for (const binary of binaries) if (!(await isBuilt(binary))) missing.push(binary);
  for (const [index, binary] of missing.entries()) {
    const began = performance.now();
    progress(`building ${binary.name} (${index + 1} of ${missing.length}; a few minutes, once) …`);
    await build(binary);
    progress(`built ${binary.name} in ${Math.round((performance.now() - began) / 1000)} s`);
  }
}

async function isBuilt(binary: Binary): Promise<boolean> {
  try {
    await access(pathOfBinary(binary), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function build(binary: Binary): Promise<void> {
  const directory = join(cacheDirectory(), 'src', `build-${binary.module}`);
  await mkdir(directory, { recursive: true });
  await mkdir(join(cacheDirectory(), 'bin'), { recursive: true });
  const file = join(directory, 'go.mod');
  const text = await goModule(binary.module, directory);
  // Go adds what it found to the file: it is written anew only when it was made for another version.
  const version = /^require .*$/m.exec(text)?.[0] ?? '';
  const before = await readFile(file, 'utf8').catch(() => '');
  if (version === '' || !before.includes(version.replace('require ', ''))) await writeFile(file, text);
  const target = pathOfBinary(binary);
  const unfinished = `${target}.unfinished`;
  const flags = `-s -w ${versionFlags(binary)}`;
  await runGo(['build', '-ldflags', flags, '-o', unfinished, binary.package], { directory });
  // A build that is broken off leaves no program that looks whole.
  await rename(unfinished, target);
}

/** Kubernetes gets its version from the linker; without it an API server says that it is v0.0.0. */
function versionFlags({ module }: Binary): string {
  if (module !== 'kubernetes') return '';
  const [major = '', minor = ''] = KUBERNETES_VERSION.replace('v', '').split('.');
  const values = { gitVersion: KUBERNETES_VERSION, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(values)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(' ');
}
