import { KubeError } from '../kube-error.ts';

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. Holds at most `maxBytes` of one line: a longer one ends the stream with a
 * `KubeError`. A last line without its end is dropped: the stream was cut in the middle of it.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly maxBytes: number },
): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const line =
        parts.length === 0 ? rest.subarray(0, end) : Buffer.concat([...parts, rest.subarray(0, end)]);
      if (line.length > options.maxBytes) throw tooLong(options.maxBytes);
      rest = rest.subarray(end + 1);
      parts = [];
      held = 0;
      if (line.length > 0) yield line.toString('utf8');
    }
    if (rest.length === 0) continue;
    parts.push(rest);
    held += rest.length;
    if (held > options.maxBytes) throw tooLong(options.maxBytes);
  }
}

function tooLong(maxBytes: number): KubeError {
  return new KubeError(`watch: expected lines of at most ${maxBytes} bytes, found a longer one`, {
    status: 0,
  });
}
