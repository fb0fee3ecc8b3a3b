import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { MeshError } from '../errors/mesh-error.ts';

/**
 * Removes a socket file that nobody listens on: a process that was killed leaves its own behind, and the address would
 * look in use for ever. Throws `already_exists` when somebody listens there, or when the path is something else.
 */
export async function clearStaleSocket(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined) return;
  if (!there.isSocket())
    throw new MeshError('already_exists', `cannot listen on ${path}: it is there and no socket`);
  if (await answers(path)) throw new MeshError('already_exists', `cannot listen on ${path}: it is in use`);
  await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
