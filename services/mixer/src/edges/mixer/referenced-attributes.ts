import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Reference } from '@quintet/expr';
import {
  ReferencedAttributes_Condition as Condition,
  type ReferencedAttributesSchema,
} from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { wordList } from './words.ts';

/** What an answer depends on, in the words of a caller that knows the first `knownWords` of the global list. */
export function referencedAttributes(
  references: readonly Reference[],
  knownWords: number,
): MessageInitShape<typeof ReferencedAttributesSchema> {
  const list = wordList(knownWords);
  const attributeMatches = references
    .filter(({ condition }) => condition !== 'keys')
    .map(({ name, key, condition }) => ({
      name: list.indexOf(name),
      condition: condition === 'absent' ? Condition.ABSENCE : Condition.EXACT,
      ...(key === undefined ? {} : { mapKey: list.indexOf(key) }),
    }));
  return { words: list.words, attributeMatches };
}
