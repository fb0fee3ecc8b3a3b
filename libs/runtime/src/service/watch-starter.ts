import { Socket } from 'node:net';

/** Environment variable naming the inherited descriptor that closes when the starter ends. */
export const STARTER_DESCRIPTOR = 'QUINTET_STARTER_FD';

/**
 * The descriptor that the starter of this process left open for it, undefined without one. It is taken out of `env`: the
 * number means nothing, or something else, in a program that inherits the environment and not the descriptor. Whoever
 * starts a program that is to end with it makes a pipe and names that one.
 */
export function takeStarter(env: Record<string, string | undefined>): number | undefined {
  const descriptor = Number(env[STARTER_DESCRIPTOR]);
  delete env[STARTER_DESCRIPTOR];
  // 0, 1 and 2 are the standard streams: they close for other reasons.
  return Number.isInteger(descriptor) && descriptor > 2 ? descriptor : undefined;
}

/**
 * Calls `onGone` once when the program that started this one has ended, however it ended: the kernel closes its end
 * of a pipe then. Without a descriptor nothing is watched: a program started by hand outlives its shell.
 * What is watched does not keep the process alive. Returns what ends the watch.
 */
export function watchStarter(options: {
  readonly descriptor: number | undefined;
  readonly onGone: () => void;
}): () => void {
  const { descriptor, onGone } = options;
  if (descriptor === undefined) return () => {};
  let over = false;
  const gone = () => {
    if (over) return;
    over = true;
    onGone();
  };
  try {
    // A socket waits in the event loop; a file stream would block a thread of the pool for as long as it waits.
    const socket = new Socket({ fd: descriptor, readable: true, writable: false });
    socket.on('end', gone).on('error', gone).on('close', gone).resume();
    socket.unref();
    return () => {
      over = true;
      socket.destroy();
    };
  } catch {
    // The descriptor that was promised is not open: whoever promised it has gone.
    queueMicrotask(gone);
    return () => {
      over = true;
    };
  }
}
