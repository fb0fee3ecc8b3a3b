// Makes gen/, the code of all our wire contracts and of the Envoy API, from the proto files. Needs nothing but what the
// package manager installed; does nothing when no input has changed. Plain JavaScript because it runs at install, before
// the pinned Node is sure to be on the path.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { importsOf } from './scripts/merge-proto.mjs';
import { packageFolder, runBuf } from './scripts/run-buf.mjs';
import { listProtos, stageThirdParty } from './scripts/stage-third-party.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folders = {
  own: join(here, 'proto'),
  overlay: join(here, 'overlay'),
  staged: join(here, '.cache', 'third-party'),
  generated: join(here, 'gen'),
};
const stampFile = join(folders.generated, '.stamp');
const GENERATORS = ['@bufbuild/buf', '@bufbuild/protoc-gen-es'];
const XDS_ROOTS = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'];

try {
  main();
} catch (error) {
  process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main() {
  const xds = packageFolder('@grpc/grpc-js-xds');
  const stamp = hashOfInputs([...GENERATORS.map(packageFolder), xds]);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) {
    process.stdout.write('proto: generated code is up to date\n');
    return;
  }
  const started = Date.now();
  const own = listProtos(folders.own);
  const staged = stageThirdParty({
    wanted: [
      ...wantedFiles(),
      ...own.flatMap((path) => importsOf(readFileSync(join(folders.own, path), 'utf8'))),
    ],
    roots: XDS_ROOTS.map((root) => join(xds, 'deps', root)),
    overlay: folders.overlay,
    provided: folders.own,
    target: folders.staged,
  });
  const unused = listProtos(folders.overlay).filter((path) => !staged.includes(path));
  if (unused.length > 0) throw new Error(`overlay files that nothing wants: ${unused.join(', ')}`);
  replaceGenerated((out) => {
    runBuf(here, ['generate', '--output', out]);
    writeFileList(join(out, 'gen', 'contract-files'), own);
    writeFileList(join(out, 'gen', 'envoy-files'), staged);
    writeFileSync(join(out, 'gen', '.stamp'), stamp);
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `proto: ${own.length} own and ${staged.length} third-party files generated in ${seconds} s\n`,
  );
}

function wantedFiles() {
  return readFileSync(join(here, 'third-party.txt'), 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}

/** @param {string[]} toolFolders */
function hashOfInputs(toolFolders) {
  const hash = createHash('sha256');
  const scripts = readdirSync(join(here, 'scripts'))
    .sort()
    .map((name) => join('scripts', name));
  const files = [
    ...['generate.mjs', 'buf.yaml', 'buf.gen.yaml', 'third-party.txt', ...scripts].map((name) =>
      join(here, name),
    ),
    ...listProtos(folders.own).map((path) => join(folders.own, path)),
    ...listProtos(folders.overlay).map((path) => join(folders.overlay, path)),
    ...toolFolders.map((folder) => join(folder, 'package.json')),
  ];
  for (const file of files)
    hash
      .update(`${relative(here, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

/**
 * Writes a module, with its types, whose `files` are the descriptors of all these proto files.
 *
 * @param {string} module path without extension
 * @param {string[]} protos
 */
function writeFileList(module, protos) {
  const files = protos.map((path) => path.replace(/\.proto$/, ''));
  const names = files.map((path) => `file_${path.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`);
  const imports = files.map((path, index) => `import { ${names[index]} } from './${path}_pb.js';\n`);
  writeFileSync(
    `${module}.js`,
    `${imports.join('')}\nexport const files = [\n  ${names.join(',\n  ')},\n];\n`,
  );
  writeFileSync(
    `${module}.d.ts`,
    "import type { DescFile } from '@bufbuild/protobuf';\n\nexport declare const files: readonly DescFile[];\n",
  );
}

/**
 * Lets `produce` fill a new folder and puts that in the place of gen/, so that nobody ever sees half of it.
 *
 * @param {(out: string) => void} produce
 */
function replaceGenerated(produce) {
  const out = join(here, '.cache', `out-${process.pid}`);
  const old = join(here, '.cache', `old-${process.pid}`);
  mkdirSync(out, { recursive: true });
  try {
    produce(out);
    if (existsSync(folders.generated)) renameSync(folders.generated, old);
    renameSync(join(out, 'gen'), folders.generated);
  } finally {
    for (const folder of [out, old]) rmSync(folder, { recursive: true, force: true });
  }
}
