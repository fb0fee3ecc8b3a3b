import { MeshError } from '../errors/mesh-error.ts';

/** Values pushed by one side and read in order by the other, without loss and within a bound. */
export type Queue<T> = AsyncIterable<T> & {
  /** Throws `resource_exhausted` when the reader is `limit` values behind; does nothing after the end. */
  push(value: T): void;
  /** No more values; what was pushed is still read. */
  end(): void;
  /** The reader gets this error after what was pushed before it. */
  fail(error: unknown): void;
  readonly size: number;
};

/** A queue for one reader, e.g. the requests of a bidi call. `limit` is the number of unread values; 1024 unless given. */
export function createQueue<T>(options: { readonly limit?: number } = {}): Queue<T> {
  const limit = options.limit ?? 1024;
  const values: T[] = [];
  let ended: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const finish = (how: { readonly error?: unknown }) => {
    ended ??= how;
    wake?.();
  };
  async function* read(): AsyncGenerator<T, void, void> {
    for (;;) {
      while (values.length > 0) yield values.shift() as T;
      if (ended !== undefined) {
        if ('error' in ended) throw ended.error;
        return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
  }
  return {
    push(value) {
      if (ended !== undefined) return;
      if (values.length >= limit) {
        throw new MeshError('resource_exhausted', `the reader is ${limit} values behind`);
      }
      values.push(value);
      wake?.();
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    get size() {
      return values.length;
    },
    [Symbol.asyncIterator]: read,
  };
}
