import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Program } from '@quintet/runtime/command';
import { CommandFailure, EXIT } from '../exit.ts';
import { LONGEST_SOCKET_PATH, type MeshPaths } from '../mesh/mesh-paths.ts';
import { applicationPortCount, type LocalMesh, type PlacedMesh, placeMesh } from '../mesh/placed-mesh.ts';
import { readMeshFile } from '../mesh/read-mesh-file.ts';
import { checkPortsFree, freeLocalPorts, type Place } from './check-ports.ts';
import { ADMIN_PORT } from './control-plane-processes.ts';
import { NATS_PORT } from './nats-files.ts';
import { HEALTH_PORT, PILOT_PORT, STATS_PORT } from './workload-processes.ts';

/** Reads `mesh.yaml` of a configuration folder. Throws CommandFailure that names every mistake, a line each. */
export async function loadMeshFile(folder: string, program: Program) {
  const path = join(folder, 'mesh.yaml');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(EXIT.unreadable, `${path} cannot be read: ${error.code ?? error.message}`);
  });
  const read = readMeshFile(text);
  if (read.ok) return read.mesh;
  for (const problem of read.problems.slice(1)) program.err.write(`quintet: ${path}: ${problem}\n`);
  throw new CommandFailure(EXIT.failed, `${path}: ${read.problems[0]}`);
}

/** Gives a mesh its addresses and ports, and makes sure that they can be had. */
export async function findPlace(
  name: string,
  spec: PlacedMesh['spec'],
  { block, paths }: { readonly block: number; readonly paths: MeshPaths },
): Promise<LocalMesh> {
  const localPorts = await freeLocalPorts(applicationPortCount(spec));
  const mesh = placeMesh(name, spec, { block, localPorts });
  checkSocketPaths(mesh, paths);
  await checkPortsFree(wantedPlaces(mesh));
  return mesh;
}

function checkSocketPaths(mesh: PlacedMesh, paths: MeshPaths): void {
  const sockets = [paths.agentSocket, ...mesh.workloads.map(({ id }) => paths.proxy(id).adminSocket)];
  const long = sockets.find((path) => Buffer.byteLength(path) > LONGEST_SOCKET_PATH);
  if (long === undefined) return;
  throw new CommandFailure(
    EXIT.failed,
    `${long} is longer than the ${LONGEST_SOCKET_PATH} bytes a socket may have`,
    'set QUINTET_HOME to a folder with a shorter path',
  );
}

function wantedPlaces({ addresses, workloads, spec }: PlacedMesh): Place[] {
  const { citadel, galley, pilot, mixer, injector, nodeagent, nats } = addresses;
  const outboundPorts = new Set(spec.services.flatMap(({ ports }) => ports.map(({ number }) => number)));
  return [
    ...Object.entries({ citadel, galley, pilot, mixer, injector, nodeagent }).map(([what, address]) => ({
      what,
      address,
      port: ADMIN_PORT,
    })),
    { what: 'citadel', address: citadel, port: 8060 },
    { what: 'galley', address: galley, port: 9901 },
    { what: 'pilot', address: pilot, port: PILOT_PORT },
    { what: 'pilot', address: pilot, port: 8080 },
    { what: 'mixer', address: mixer, port: 9091 },
    { what: 'mixer', address: mixer, port: 42_422 },
    { what: 'injector', address: injector, port: 9443 },
    { what: 'NATS', address: nats, port: NATS_PORT },
    ...workloads.flatMap(({ id, address, outboundAddress, spec: { kind, ports } }) => [
      ...[STATS_PORT, HEALTH_PORT, ...ports.map(({ number }) => number)].map((port) => ({
        what: id,
        address,
        port,
      })),
      ...(kind === 'gateway'
        ? []
        : [...outboundPorts].map((port) => ({ what: id, address: outboundAddress, port }))),
    ]),
  ];
}
