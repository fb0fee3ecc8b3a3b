// check-contracts.mjs lint               our contracts follow the rules in buf.yaml
// check-contracts.mjs breaking [REF]     our contracts stay compatible with those of a commit (default HEAD)

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runBuf } from './run-buf.mjs';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command, reference = 'HEAD'] = process.argv.slice(2);

try {
  if (command === 'lint') runBuf(here, ['lint']);
  else if (command === 'breaking') checkBreaking(reference);
  else throw new Error('usage: check-contracts.mjs lint | breaking [REF]');
  process.stdout.write(`proto: ${command} found nothing\n`);
} catch (error) {
  process.stderr.write(`proto: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/**
 * The commit holds our contracts only, so that they are built together with the third-party files of today.
 *
 * @param {string} commit
 */
function checkBreaking(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'quintet-contracts-'));
  try {
    const archive = git(['archive', commit, 'proto']);
    const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: archive });
    if (unpacked.status !== 0)
      throw new Error(`tar: ${unpacked.stderr?.toString() ?? unpacked.error?.message}`);
    cpSync(join(here, 'buf.yaml'), join(folder, 'buf.yaml'));
    cpSync(join(here, '.cache', 'third-party'), join(folder, '.cache', 'third-party'), { recursive: true });
    runBuf(here, ['breaking', '--against', folder]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string[]} parameters */
function git(parameters) {
  const result = spawnSync('git', parameters, { cwd: here, maxBuffer: 64 * 1024 * 1024 });
  if (result.error !== undefined) throw new Error(`git cannot be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`git ${parameters.join(' ')}: ${result.stderr.toString().trim()}`);
  return result.stdout;
}
