// The licences of the packages that a bundle is made of.
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice|copyright)([.-].*)?$/i;
/** Comments with a copyright: a bundler leaves them out, and some packages have no other text. */
const NOTICE =
  /^(?:\/\/.*\n)*\/\/.*\bcopyright\b.*\n(?:\/\/.*\n)*|^\/\*(?:(?!\*\/)[\s\S])*\bcopyright\b[\s\S]*?\*\//gim;
/** Code that is made from the .proto files of others, and the package that carries those. */
const GENERATED = join('libs', 'proto', 'gen');
const PROTO_FILES = join('node_modules', '@grpc', 'grpc-js-xds');

/**
 * One text with the name, version, licence and licence texts of every package that one of `files` (absolute paths) is
 * from. Packages with the same texts share them. `root` is the checkout's.
 */
export function thirdPartyLicences(files, root) {
  const byFolder = Map.groupBy(files, (file) => packageFolder(file, root));
  byFolder.delete(undefined);
  const packages = [...byFolder].map(([folder, own]) => describe(folder, own));
  const byTexts = Map.groupBy(
    packages.sort((a, b) => (a.title < b.title ? -1 : 1)),
    ({ texts }) => texts,
  );
  return [...byTexts]
    .map(([texts, those]) => [...those.map(({ title }) => title), '', texts, ''].join('\n'))
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file is from; undefined for a file of ours. */
function packageFolder(file, root) {
  if (file.startsWith(join(root, GENERATED))) return join(root, PROTO_FILES);
  const parts = file.split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  const length = parts[at + 1].startsWith('@') ? 2 : 1;
  return parts.slice(0, at + 1 + length).join(sep);
}

/** Throws for a package that says nothing about its licence. */
function describe(folder, files) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const licences = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  const texts = licences.length > 0 ? licences : noticesIn(files);
  if (texts.length === 0 && license === undefined) throw new Error(`${name} has no licence`);
  return { title: `${name} ${version}: ${license ?? 'see the text'}`, texts: texts.join('\n\n') };
}

function noticesIn(files) {
  const found = files.flatMap((file) => readFileSync(file, 'utf8').match(NOTICE) ?? []);
  return [...new Set(found.map((text) => text.trim()))];
}
