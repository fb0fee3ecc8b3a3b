import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { readFileIfThere, writeFileAtomically } from '../files.ts';
import { createLocalIssuer, type LocalIssuer } from '../issuer/local-issuer.ts';
import type { TokenFolder } from '../issuer/token-files.ts';
import { CONTROL_PLANE, SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../mesh/control-plane.ts';
import { generateServices, type Manifest } from '../mesh/generate-services.ts';
import { generateSidecars } from '../mesh/generate-sidecars.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import { workloadBootstrap } from './workload-processes.ts';

const PRIVATE_FOLDER = { recursive: true, mode: 0o700 } as const;

/** Makes the folders of a mesh, all private, and puts the logs of the run before aside. */
export async function makeMeshFolders(paths: MeshPaths): Promise<void> {
  await mkdir(paths.folder, PRIVATE_FOLDER);
  await chmod(paths.folder, 0o700);
  const folders = [
    paths.generated,
    paths.ca,
    paths.galley,
    paths.issuer,
    paths.tokens,
    paths.nats,
    paths.proxies,
  ];
  for (const folder of [...folders, dirname(paths.agentSocket)]) await mkdir(folder, PRIVATE_FOLDER);
  await rm(`${paths.logs}.before`, { recursive: true, force: true });
  await rename(paths.logs, `${paths.logs}.before`).catch(() => undefined);
  await mkdir(paths.logs, PRIVATE_FOLDER);
}

/** Writes the configuration that follows from mesh.yaml. */
export async function writeGenerated(mesh: PlacedMesh, paths: MeshPaths): Promise<void> {
  const note = '# Written by `quintet up` from mesh.yaml at every start; changes here are lost.\n';
  const write = (name: string, manifests: readonly Manifest[]): Promise<void> =>
    writeFileAtomically(
      join(paths.generated, name),
      note + manifests.map((manifest) => stringify(manifest)).join('---\n'),
    );
  await write('services.yaml', generateServices(mesh));
  await write('sidecars.yaml', generateSidecars(mesh));
}

/** Writes the start configuration of every Envoy, and clears away those of workloads that are no more. */
export async function writeBootstraps(mesh: PlacedMesh, paths: MeshPaths): Promise<void> {
  const wanted = new Set(mesh.workloads.map(({ id }) => id));
  for (const name of await readdir(paths.proxies)) {
    if (!wanted.has(name)) await rm(join(paths.proxies, name), { recursive: true, force: true });
  }
  for (const workload of mesh.workloads) {
    const { folder, bootstrap } = paths.proxy(workload.id);
    await mkdir(folder, PRIVATE_FOLDER);
    const content = workloadBootstrap(mesh, workload, paths);
    await writeFileAtomically(bootstrap, `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** The issuer of the mesh's tokens, with the key of the run before if there was one. */
export async function openIssuer(paths: MeshPaths): Promise<LocalIssuer> {
  const keyFile = join(paths.issuer, 'key.pem');
  const issuer = createLocalIssuer(await readFileIfThere(keyFile));
  await writeFileAtomically(keyFile, issuer.privateKey);
  await writeFileAtomically(paths.jwks, issuer.jwks);
  return issuer;
}

/** Folders of the tokens of every service but citadel, which signs for itself, and of every workload. */
export function tokenFolders(mesh: PlacedMesh, paths: MeshPaths): TokenFolder[] {
  const services = CONTROL_PLANE.filter((name) => name !== 'citadel').map((name) => ({
    folder: paths.serviceToken(name),
    namespace: SYSTEM_NAMESPACE,
    serviceAccount: SERVICE_ACCOUNTS[name],
  }));
  const workloads = mesh.workloads.map(({ id, spec }) => ({
    folder: paths.workloadToken(id),
    namespace: spec.namespace,
    serviceAccount: spec.serviceAccount,
  }));
  return [...services, ...workloads];
}

/** Writes a new token for the debug pages and answers it. */
export async function writeDebugToken(paths: MeshPaths): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await writeFileAtomically(paths.debugToken, token);
  return token;
}
