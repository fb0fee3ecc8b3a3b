import { createWriteStream, write } from 'node:fs';

/** Where lines go; `write` never blocks and never throws. */
export type Output = {
  write(line: string): void;
  close(): void;
};

/** Opens an output; `fail` is called with the reason when lines cannot be written. */
export type OpenOutput = (
  target: { readonly stream: 'stdout' | 'stderr' } | { readonly path: string },
  fail: (error: Error) => void,
) => Output;

/** Lines that wait for a slow reader: beyond this many characters new ones are dropped. */
const MOST_WAITING = 1024 * 1024;

/** Opens the process's standard streams or a file to append to. */
export const openOutput: OpenOutput = (target, fail) =>
  'path' in target
    ? fileOutput(target.path, fail)
    : descriptorOutput(target.stream === 'stdout' ? 1 : 2, fail);

function fileOutput(path: string, fail: (error: Error) => void): Output {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o640 });
  stream.on('error', fail);
  return {
    write: (line) => {
      if (!stream.destroyed && stream.writableLength < MOST_WAITING) stream.write(`${line}\n`);
    },
    close: () => stream.end(),
  };
}

/** Written straight to the descriptor: closing a handler must not close the standard streams. */
function descriptorOutput(descriptor: number, fail: (error: Error) => void): Output {
  let waiting = '';
  let writing = false;
  const flush = () => {
    if (writing || waiting === '') return;
    writing = true;
    const bytes = Buffer.from(waiting);
    waiting = '';
    writeAll(descriptor, bytes, 0, (error) => {
      writing = false;
      if (error !== null) fail(error);
      else flush();
    });
  };
  return {
    write: (line) => {
      if (waiting.length < MOST_WAITING) waiting += `${line}\n`;
      flush();
    },
    close: () => {},
  };
}

function writeAll(
  descriptor: number,
  bytes: Buffer,
  from: number,
  done: (error: Error | null) => void,
): void {
  write(descriptor, bytes, from, bytes.length - from, null, (error, written) => {
    if (error !== null)
      return error.code === 'EAGAIN'
        ? setImmediate(() => writeAll(descriptor, bytes, from, done))
        : done(error);
    return from + written < bytes.length ? writeAll(descriptor, bytes, from + written, done) : done(null);
  });
}
