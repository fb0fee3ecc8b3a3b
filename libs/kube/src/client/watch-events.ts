import { field, parseJson, textOf } from '../json.ts';
import { errorOfAnswer, KubeError } from '../kube-error.ts';
import { type KubeObject, readObject } from './kube-object.ts';
import { readLines } from './lines.ts';
import type { ResourceType } from './resource-type.ts';

/** What a watch tells. */
export type WatchEvent =
  | { readonly kind: 'put' | 'removed'; readonly object: KubeObject }
  /** Everything up to this version has been told. */
  | { readonly kind: 'bookmark'; readonly resourceVersion: string };

const KINDS: ReadonlyMap<string, 'put' | 'removed'> = new Map([
  ['ADDED', 'put'],
  ['MODIFIED', 'put'],
  ['DELETED', 'removed'],
]);

/**
 * Reads the events of a watch as they come. Ends when the stream ends cleanly; throws `KubeError` when it was cut, when
 * a line is no event or too long, and with the error that the API server told.
 */
export async function* readWatch(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly type: ResourceType; readonly what: string; readonly maxLineBytes: number },
): AsyncGenerator<WatchEvent, void, undefined> {
  const { type, what, maxLineBytes } = options;
  try {
    for await (const line of readLines(chunks, { maxBytes: maxLineBytes })) yield readEvent(line, type, what);
  } catch (cause) {
    if (cause instanceof KubeError) throw cause;
    throw new KubeError(`${what}: cut off`, { status: 0, cause });
  }
}

function readEvent(line: string, type: ResourceType, what: string): WatchEvent {
  const event = parseJson(line);
  const word = textOf(event, 'type');
  const body = field(event, 'object');
  if (word === 'ERROR') {
    const status = Number(field(body, 'code') ?? 0);
    throw errorOfAnswer(what, { status, body: JSON.stringify(body) });
  }
  if (word === 'BOOKMARK') {
    return { kind: 'bookmark', resourceVersion: textOf(field(body, 'metadata'), 'resourceVersion') };
  }
  const kind = KINDS.get(word);
  const object = readObject(body, type);
  if (kind === undefined || object === undefined) {
    throw new KubeError(`${what}: expected an event with a named object, found ${JSON.stringify(word)}`, {
      status: 0,
    });
  }
  return { kind, object };
}
