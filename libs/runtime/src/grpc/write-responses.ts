import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import type { Clock } from '../clock/clock.ts';
import { MeshError } from '../errors/mesh-error.ts';
import { untilAborted } from './until-aborted.ts';

type Outgoing<T> = ServerWritableStream<unknown, T> | ServerDuplexStream<unknown, T>;

export type WriteOptions = {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How long a full transport may stay full, milliseconds. */
  readonly slowReaderMs: number;
};

/**
 * Writes each response when the transport has room for it, so that at most one waits. A reader that does not
 * make room in time ends its stream with `resource_exhausted`: slow streams are ended, not buffered.
 */
export async function writeResponses<T>(
  call: Outgoing<T>,
  responses: AsyncIterable<T>,
  options: WriteOptions,
) {
  for await (const response of untilAborted(responses, options.signal)) {
    if (!call.write(response)) await drained(call, options);
  }
}

function drained<T>(call: Outgoing<T>, options: WriteOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      timer.cancel();
      call.off('drain', onDrain);
      options.signal.removeEventListener('abort', onDrain);
      settle();
    };
    const onDrain = () => finish(resolve);
    const tooSlow = () =>
      new MeshError('resource_exhausted', `the reader took nothing for ${options.slowReaderMs} ms`);
    const timer = options.clock.after(options.slowReaderMs, () => finish(() => reject(tooSlow())));
    call.once('drain', onDrain);
    options.signal.addEventListener('abort', onDrain, { once: true });
  });
}
