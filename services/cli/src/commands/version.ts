import { errorText, packageVersion } from '@quintet/runtime/command';
import { type Command, MESH_OPTION, OUTPUT_OPTION } from '../command.ts';
import { EXIT } from '../exit.ts';
import { type MeshState, selectMesh } from '../mesh/mesh-state.ts';
import { httpGet } from '../net/http-get.ts';
import { jsonText, wantsJson } from '../output/output-format.ts';

const ANSWER_LIMIT_MS = 2000;
const ADMIN_PORT = 15_014;

export const version: Command = {
  usage: 'version [--remote] [-o json]',
  description: 'Shows the version of this program, and with --remote those of the services of a mesh.',
  options: {
    remote: { type: 'boolean', help: 'ask the services of a running mesh too' },
    ...OUTPUT_OPTION,
    ...MESH_OPTION,
  },
  positionals: { least: 0, most: 0 },
  async run(input) {
    const { program, option, has } = input;
    const json = wantsJson(input);
    const client = packageVersion(import.meta.filename);
    const remote = has('remote') ? await remoteVersions(await selectMesh(program, option('mesh'))) : [];
    if (json) program.out.write(jsonText(versionJson(client, has('remote') ? remote : undefined)));
    else {
      program.out.write(has('remote') ? `client version: ${client}\n` : `${client}\n`);
      for (const one of remote) {
        if (one.version !== undefined) program.out.write(`${one.service} version: ${one.version}\n`);
      }
    }
    for (const { service, problem } of remote) {
      if (problem !== undefined) program.err.write(`quintet: ${service} does not answer: ${problem}\n`);
    }
    return remote.some(({ problem }) => problem !== undefined) ? EXIT.failed : EXIT.ok;
  },
};

type RemoteVersion = { readonly service: string; readonly version?: string; readonly problem?: string };

function versionJson(client: string, remote: readonly RemoteVersion[] | undefined) {
  return {
    clientVersion: { version: client },
    ...(remote === undefined
      ? {}
      : {
          meshVersion: remote
            .filter((one) => one.version !== undefined)
            .map((one) => ({ Component: one.service, Info: { version: one.version } })),
        }),
  };
}

async function remoteVersions(mesh: MeshState): Promise<RemoteVersion[]> {
  return Promise.all(
    mesh.services.map(async (service) => {
      try {
        const url = `http://${mesh.addresses[service]}:${ADMIN_PORT}/version`;
        const { status, body } = await httpGet({ url }, { timeoutMs: ANSWER_LIMIT_MS });
        if (status !== 200) return { service, problem: `status ${status}` };
        return { service, version: textField(JSON.parse(body), 'version') };
      } catch (error) {
        return { service, problem: errorText(error) };
      }
    }),
  );
}

function textField(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null) return 'unknown';
  const found: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof found === 'string' ? found : 'unknown';
}
