/**
 * The values of `source` until `signal` is aborted. The source is told to finish but not waited for: a generator
 * parked in an `await` answers `return` only when that await is over.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let stopWaiting = () => {};
  const onAbort = () => stopWaiting();
  signal.addEventListener('abort', onAbort, { once: true });
  let open = true;
  try {
    for (;;) {
      const next = iterator.next();
      // Not a race with a promise of the abort: that would keep every value of the stream until its end.
      const result = await new Promise<IteratorResult<T> | 'aborted'>((resolve, reject) => {
        stopWaiting = () => resolve('aborted');
        next.then(resolve, reject);
        if (signal.aborted) stopWaiting();
      });
      if (result === 'aborted') return;
      if (result.done === true) {
        open = false;
        return;
      }
      yield result.value;
    }
  } catch (error) {
    open = false;
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (open) iterator.return?.()?.catch(() => {});
  }
}
