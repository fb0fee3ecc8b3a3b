import { createServer, type Server } from 'node:net';
import { MeshError } from '@quintet/runtime/command';
import { FIRST_BLOCK, LAST_BLOCK, meshAddresses, OWNER_PORT } from '../mesh/addresses.ts';

/** A block of addresses that is ours until `release`. */
export type HeldBlock = { readonly block: number; release(): void };

/**
 * Takes the first free block of loopback addresses. Free is what nobody listens on as its owner: also a mesh of another
 * user, or with another state folder, is seen. Throws a MeshError when there is none.
 */
export async function holdFreeBlock(): Promise<HeldBlock> {
  for (let block = FIRST_BLOCK; block <= LAST_BLOCK; block += 1) {
    const { owner } = meshAddresses(block);
    const result = await tryListen(owner, OWNER_PORT);
    if (result.kind === 'listening') return { block, release: () => result.server.close() };
    if (result.code === 'EADDRNOTAVAIL') {
      throw new MeshError('failed_precondition', `this machine does not answer on ${owner}`, {
        hint: 'a local mesh needs the whole of 127.0.0.0/8 on the loopback interface, as Linux has it',
      });
    }
    if (result.code !== 'EADDRINUSE')
      throw new MeshError('unavailable', `cannot listen on ${owner}: ${result.code}`);
  }
  throw new MeshError(
    'resource_exhausted',
    `all blocks from 127.${FIRST_BLOCK} to 127.${LAST_BLOCK} are in use`,
  );
}

type Listening =
  | { readonly kind: 'listening'; readonly server: Server }
  | { readonly kind: 'failed'; readonly code: string };

/** Tries to listen on an address. The server keeps the process alive for nothing. */
export function tryListen(host: string, port: number): Promise<Listening> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ kind: 'failed', code: error.code ?? error.message });
    });
    server.listen({ host, port, exclusive: true }, () => {
      server.unref();
      resolve({ kind: 'listening', server });
    });
  });
}
