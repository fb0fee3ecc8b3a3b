import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

export type ToolName = {
  readonly name: string;
  readonly version: string;
  /** Environment variable with the path of a binary to use instead. */
  readonly override: string;
};

/** The tools that the tests use, as `quintet up` fetches them. */
export const NATS_SERVER: ToolName = { name: 'nats-server', version: '2.15.1', override: 'NATS_SERVER_BIN' };
export const ENVOY: ToolName = { name: 'envoy', version: '1.40.0', override: 'ENVOY_BIN' };

/** Path of a tool's binary; throws with what to do when it is not there, so that no test passes by not running. */
export async function findTool(tool: ToolName): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const path =
    process.env[tool.override] ?? join(cache, 'quintet', 'tools', `${tool.name}-${tool.version}`, tool.name);
  try {
    await access(path, constants.X_OK);
    return path;
  } catch (cause) {
    throw new Error(
      `${tool.name} ${tool.version} is not at ${path}: fetch it with \`pnpm -s quintet tools\` or set ${tool.override}`,
      { cause },
    );
  }
}
