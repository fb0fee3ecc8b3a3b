import { stringMap, type Value } from '@quintet/expr';
import type { CompressedAttributes } from '@quintet/proto/istio/mixer/v1/attributes_pb.js';
import { MeshError } from '@quintet/runtime';
import { GLOBAL_WORDS } from '../../attributes/word-list.ts';
import { durationValue, timestampValue } from '../wire-time.ts';
import { wordAt } from './words.ts';

/** Refuses callers that know more words than we do: their indices would mean nothing here. */
export function requireKnownWords(globalWordCount: number): void {
  if (globalWordCount <= GLOBAL_WORDS.length) return;
  throw new MeshError(
    'failed_precondition',
    `inconsistent global dictionary versions used: mixer knows ${GLOBAL_WORDS.length} words, caller knows ${globalWordCount}`,
  );
}

/**
 * Writes the attributes of a message into `into`, over what is there. `defaultWords` serve messages without words of their
 * own. An index without a word is an `invalid_argument`.
 */
export function decodeAttributes(
  message: CompressedAttributes,
  into: Map<string, Value>,
  defaultWords: readonly string[] = [],
): void {
  const words = message.words.length > 0 ? message.words : defaultWords;
  const word = (index: number): string => {
    const found = wordAt(index, words);
    if (found === undefined) throw new MeshError('invalid_argument', `attribute index ${index} has no word`);
    return found;
  };
  const each = <T>(map: { readonly [index: string]: T }, convert: (value: T) => Value | undefined) => {
    for (const [index, raw] of Object.entries(map)) {
      const value = convert(raw);
      if (value !== undefined) into.set(word(Number(index)), value);
    }
  };
  each(message.strings, word);
  each(message.int64s, (value) => value);
  each(message.doubles, (value) => value);
  each(message.bools, (value) => value);
  each(message.bytes, (value) => value);
  each(message.timestamps, timestampValue);
  each(message.durations, durationValue);
  each(message.stringMaps, ({ entries }) =>
    stringMap(new Map(Object.entries(entries).map(([key, value]) => [word(Number(key)), word(value)]))),
  );
}
