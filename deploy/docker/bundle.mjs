// Makes of every service the folder that its image runs: TO/<service>, with the program main.js and what it loads later in
// files of their own. It is called in a compiled checkout whose packages are installed.
//   node deploy/docker/bundle.mjs TO
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { thirdPartyLicences } from './licences.mjs';

const root = resolve(import.meta.dirname, '../..');
/** CommonJS packages ask for Node's own modules, and for optional packages that are not there, with `require`. */
const REQUIRE = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
].join(' ');

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: bundle.mjs TO');
for (const service of readdirSync(join(root, 'services'))) {
  await bundle(join(root, 'services', service), resolve(target, service));
}

async function bundle(folder, to) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const late = lateModules(manifest);
  rmSync(to, { recursive: true, force: true });
  // Names stay as they are written, for stack traces; a comment before each module in a bundle says where it is from.
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: { main: 'dist/main.js', ...Object.fromEntries(late.map(({ name, from }) => [name, from])) },
    outdir: to,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: `node${process.versions.node}`,
    banner: { js: REQUIRE },
    metafile: true,
    logLevel: 'warning',
  });
  const { name, version, license } = manifest;
  const imports = Object.fromEntries(late.map((one) => [`#${one.name}`, `./${one.name}.js`]));
  writeFileSync(
    join(to, 'package.json'),
    `${JSON.stringify({ name, version, license, type: 'module', imports }, null, 2)}\n`,
  );
  cpSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
  writeFileSync(join(to, 'LICENSES-THIRD-PARTY'), thirdPartyLicences(bundledFiles(metafile, folder), root));
}

/** The `imports` of a service: modules that it loads by name while it runs, where a bundler cannot see it. */
function lateModules({ imports = {} }) {
  return Object.entries(imports).map(([name, from]) => ({ name: name.slice('#'.length), from }));
}

/** The files of which something is in the bundle. */
function bundledFiles({ outputs }, folder) {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  return [...new Set(files)].map((file) => resolve(folder, file));
}
