import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { MeshError } from '@quintet/runtime';
import { parse } from 'yaml';
import { field, isObject, listOf, textOf } from '../json.ts';

/** The cluster and user that a kubeconfig's context names. */
export type KubeconfigContext = {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly cluster: JsonObject;
  readonly user: JsonObject;
};

/** More than any kubeconfig of people needs. */
const MOST_BYTES = 1024 * 1024;

/**
 * Reads a kubeconfig (YAML or JSON) and finds a context in it, the current one unless named. Throws `invalid_argument`
 * with what was found and expected; never with the text of a key or token.
 */
export function readContext(text: string, name?: string): KubeconfigContext {
  if (text.length > MOST_BYTES) throw wrong(`expected at most ${MOST_BYTES} bytes, found ${text.length}`);
  const document = parseYaml(text);
  const wanted = name ?? textOf(document, 'current-context');
  if (wanted === '') throw wrong('expected a current-context, found none');
  const context = named(document, { list: 'contexts', name: wanted, part: 'context' });
  return {
    name: wanted,
    namespace: textOf(context, 'namespace') || undefined,
    cluster: named(document, { list: 'clusters', name: textOf(context, 'cluster'), part: 'cluster' }),
    user: named(document, { list: 'users', name: textOf(context, 'user'), part: 'user' }),
  };
}

function parseYaml(text: string): JsonObject {
  let document: JsonValue;
  try {
    document = parse(text, { maxAliasCount: 20 });
  } catch (error) {
    // The parser's message shows the line, which may hold a key: only the place is told.
    const at = error instanceof Error && 'linePos' in error ? error.linePos : undefined;
    const line = Array.isArray(at) ? at[0]?.line : undefined;
    throw wrong(`no YAML${typeof line === 'number' ? ` at line ${line}` : ''}`);
  }
  if (!isObject(document)) throw wrong('expected a map');
  return document;
}

function named(
  document: JsonObject,
  { list, name, part }: { readonly list: string; readonly name: string; readonly part: string },
): JsonObject {
  const entry = listOf(document, list).find((each) => textOf(each, 'name') === name);
  const found = field(entry, part);
  if (!isObject(found)) throw wrong(`expected an entry "${name}" in ${list}, found none`);
  return found;
}

/** A mistake in a kubeconfig. */
export function wrong(message: string): MeshError {
  return new MeshError('invalid_argument', `kubeconfig: ${message}`);
}
