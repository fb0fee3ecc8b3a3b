import type { ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';

type Incoming<T> = ServerReadableStream<T, unknown> | ServerDuplexStream<T, unknown>;

/**
 * The requests of a stream, one at a time: the transport is paused while the handler is busy, so nothing piles
 * up here. Ends when the caller has sent its last request or `signal` is aborted, whichever is first: a reader
 * parked on a silent stream would otherwise keep the process from ending.
 */
export function readRequests<T>(call: Incoming<T>, signal: AbortSignal): AsyncIterable<T> {
  const values: T[] = [];
  let ended = signal.aborted;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  const finish = () => {
    ended = true;
    wake?.();
  };
  call.pause();
  call.on('data', (value: T) => {
    values.push(value);
    call.pause();
    wake?.();
  });
  // A stream that its caller reset ends, too, and is said to be cancelled just after: that comes first for the handler.
  call.on('end', () => setImmediate(finish));
  call.on('error', (error) => {
    failure = { error };
    finish();
  });
  signal.addEventListener('abort', finish, { once: true });
  async function* read(): AsyncGenerator<T, void, void> {
    for (;;) {
      while (values.length > 0 && !signal.aborted) yield values.shift() as T;
      if (failure !== undefined && !signal.aborted) throw failure.error;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        call.resume();
      });
      wake = undefined;
    }
  }
  return { [Symbol.asyncIterator]: read };
}
