import { type Clock, readTextFile } from '@quintet/runtime';

/** Tokens of service accounts are replaced in their file long before they expire. */
const READ_AGAIN_MS = 30_000;

/** The text of a file, read again when it was last read half a minute ago; a failed reading gives the last good text. */
export function createFileCache(path: string, clock: Clock): () => Promise<string> {
  let text: string | undefined;
  let readAt = 0;
  return async () => {
    if (text !== undefined && clock.monotonic() - readAt < READ_AGAIN_MS) return text;
    try {
      text = await readTextFile(path);
      readAt = clock.monotonic();
    } catch (error) {
      if (text === undefined) throw error;
    }
    return text;
  };
}
