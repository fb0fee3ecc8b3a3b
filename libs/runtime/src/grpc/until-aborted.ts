/**
 * The values of `source` until `signal` is aborted. The source is told to finish but not waited for: a generator
 * parked in an `await` answers `return` only when that await is over.
 */
export async function* untilAborted<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>();
  const onAbort = () => resolve('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  let open = true;
  try {
    for (;;) {
      const next = iterator.next();
      const result = await Promise.race([next, aborted]);
      if (result === 'aborted') {
        // Nobody waits for it any more; its failure after the end is the end.
        next.catch(() => {});
        return;
      }
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
