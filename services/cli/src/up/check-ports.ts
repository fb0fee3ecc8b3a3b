import type { Server } from 'node:net';
import { MeshError } from '@quintet/runtime/command';
import { tryListen } from './find-block.ts';

/** Something that a mesh is about to listen on. */
export type Place = { readonly what: string; readonly address: string; readonly port: number };

/** Throws a MeshError naming the first place that is not free. Nothing stays open. */
export async function checkPortsFree(places: readonly Place[]): Promise<void> {
  const results = await Promise.all(
    places.map(async (place) => ({ place, result: await tryListen(place.address, place.port) })),
  );
  await Promise.all(
    results.map(({ result }) => (result.kind === 'listening' ? close(result.server) : undefined)),
  );
  for (const { place, result } of results) {
    if (result.kind === 'listening') continue;
    const where = `${place.address}:${place.port}, wanted for ${place.what},`;
    if (result.code === 'EADDRINUSE') {
      throw new MeshError('already_exists', `${where} is in use`, {
        hint: 'a program that listens on all addresses (0.0.0.0 or ::) takes the port from every mesh',
      });
    }
    if (result.code === 'EACCES')
      throw new MeshError('permission_denied', `${where} needs more rights (ports below 1024)`);
    throw new MeshError('unavailable', `${where} cannot be listened on: ${result.code}`);
  }
}

/** Free ports of 127.0.0.1, all different. Somebody else may take one before it is used. */
export async function freeLocalPorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    const result = await tryListen('127.0.0.1', 0);
    if (result.kind !== 'listening')
      throw new MeshError('unavailable', `no free port on 127.0.0.1: ${result.code}`);
    servers.push(result.server);
  }
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map(close));
  return ports;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
