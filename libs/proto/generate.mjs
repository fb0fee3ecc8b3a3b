// Makes gen/, the code of all our wire contracts and of the Envoy API, from the proto files. Needs nothing but what the
// package manager installed; does nothing when no input has changed. Plain JavaScript because it runs at install, before
// the pinned Node is sure to be on the path.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { importsOf } from './scripts/merge-proto.mjs';
import { listProtos, stageThirdParty } from './scripts/stage-third-party.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const folders = {
  own: join(here, 'proto'),
  overlay: join(here, 'overlay'),
  staged: join(here, '.cache', 'third-party'),
  generated: join(here, 'gen'),
};
const stampFile = join(folders.generated, '.stamp');
const TOOLS = ['@bufbuild/buf', '@bufbuild/protoc-gen-es', '@grpc/grpc-js-xds'];
const XDS_ROOTS = ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate'];

try {
  main();
} catch (error) {
  process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main() {
  const tools = Object.fromEntries(TOOLS.map((name) => [name, packageFolder(name)]));
  const stamp = hashOfInputs(Object.values(tools));
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
    roots: XDS_ROOTS.map((root) => join(tools['@grpc/grpc-js-xds'], 'deps', root)),
    overlay: folders.overlay,
    provided: folders.own,
    target: folders.staged,
  });
  replaceGenerated((out) => {
    runBuf(tools, ['generate', '--output', out]);
    writeFileList(join(out, 'gen', 'contract-files'), own);
    writeFileList(join(out, 'gen', 'envoy-files'), staged);
    writeFileSync(join(out, 'gen', '.stamp'), stamp);
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(
    `proto: ${own.length} own and ${staged.length} third-party files generated in ${seconds} s\n`,
  );
}

/** @param {string} name */
function packageFolder(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (error) {
    throw new Error(
      `the package ${name} is not installed: run the install of the workspace with its development packages`,
      {
        cause: error,
      },
    );
  }
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

/**
 * @param {Record<string, string>} tools
 * @param {string[]} parameters
 */
function runBuf(tools, parameters) {
  const plugins = join(tools['@bufbuild/protoc-gen-es'], 'bin');
  const result = spawnSync(process.execPath, [join(tools['@bufbuild/buf'], 'bin', 'buf'), ...parameters], {
    cwd: here,
    env: { ...process.env, PATH: [dirname(process.execPath), plugins, process.env.PATH].join(delimiter) },
    encoding: 'utf8',
  });
  if (result.error !== undefined) throw new Error(`buf cannot be started: ${result.error.message}`);
  if (result.status !== 0)
    throw new Error(`buf ${parameters[0]} failed:\n${result.stderr}${result.stdout}`.trim());
}
