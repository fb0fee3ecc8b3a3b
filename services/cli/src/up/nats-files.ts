import { join } from 'node:path';
import { authorizationConfig, createNkey, PRINCIPALS, type Principal, type PrincipalKey } from '@quintet/bus';
import { writeFileAtomically } from '../files.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import type { ProcessSpec } from '../supervise/supervised-process.ts';

export const NATS_PORT = 4222;

/** Most that the streams of one local mesh may take on disk. */
const STORE_LIMIT = '1GB';

/** Makes a new key for everybody who may use the bus, and writes nats-server's configuration with their permissions. */
export async function writeNatsFiles(mesh: PlacedMesh, paths: MeshPaths): Promise<void> {
  const keys = new Map<Principal, PrincipalKey>();
  for (const principal of PRINCIPALS) {
    const { publicKey, seed } = createNkey();
    keys.set(principal, { nkey: publicKey });
    await writeFileAtomically(paths.busSeed(principal), seed);
  }
  const config = [
    `server_name: ${JSON.stringify(mesh.name)}`,
    `listen: "${mesh.addresses.nats}:${NATS_PORT}"`,
    `jetstream { store_dir: ${JSON.stringify(join(paths.nats, 'store'))}, max_file_store: ${STORE_LIMIT} }`,
    authorizationConfig(keys),
  ];
  await writeFileAtomically(natsConfigFile(paths), `${config.join('\n')}\n`);
}

/** The bus server. */
export function natsProcess(natsServer: string, paths: MeshPaths): ProcessSpec {
  return {
    name: 'NATS',
    command: [natsServer, '-c', natsConfigFile(paths)],
    env: {},
    cwd: paths.nats,
    log: paths.log('nats'),
  };
}

/** The configuration of nats-server. */
export function natsConfigFile(paths: MeshPaths): string {
  return join(paths.nats, 'nats.conf');
}
