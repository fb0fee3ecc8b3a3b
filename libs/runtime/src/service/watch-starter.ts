import { Socket } from 'node:net';

/** Environment variable naming the inherited descriptor that closes when the starter ends. */
export const STARTER_DESCRIPTOR = 'QUINTET_STARTER_FD';

/**
 * Calls `onGone` once when the program that started this one has ended, however it ended: the kernel closes its end
 * of a pipe then. Without a descriptor in `env` nothing is watched: a program started by hand outlives its shell.
 * What is watched does not keep the process alive. Returns what ends the watch.
 */
export function watchStarter(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onGone: () => void;
}): () => void {
  const descriptor = Number(options.env[STARTER_DESCRIPTOR]);
  // 0, 1 and 2 are the standard streams: they close for other reasons.
  if (!Number.isInteger(descriptor) || descriptor <= 2) return () => {};
  let over = false;
  const gone = () => {
    if (over) return;
    over = true;
    options.onGone();
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
