// Runs the installed buf with the installed plugins, and nothing from the network.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';

const require = createRequire(import.meta.url);

/**
 * Folder of an installed package. Throws with what to do about it when the package is missing.
 *
 * @param {string} name
 * @returns {string}
 */
export function packageFolder(name) {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (error) {
    throw new Error(
      `the package ${name} is not installed: install the workspace with its development packages`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Runs buf in `folder` and returns what it printed. Throws with buf's own words when it fails.
 *
 * @param {string} folder
 * @param {string[]} parameters
 * @returns {string}
 */
export function runBuf(folder, parameters) {
  const plugins = join(packageFolder('@bufbuild/protoc-gen-es'), 'bin');
  const result = spawnSync(
    process.execPath,
    [join(packageFolder('@bufbuild/buf'), 'bin', 'buf'), ...parameters],
    {
      cwd: folder,
      env: { ...process.env, PATH: [dirname(process.execPath), plugins, process.env.PATH].join(delimiter) },
      encoding: 'utf8',
    },
  );
  if (result.error !== undefined) throw new Error(`buf cannot be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`buf ${parameters[0]}:\n${result.stderr}${result.stdout}`.trim());
  return result.stdout;
}
