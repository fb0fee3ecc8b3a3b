import { GLOBAL_WORDS } from '../../attributes/word-list.ts';

const INDEX: ReadonlyMap<string, number> = new Map(
  GLOBAL_WORDS.map((word, at) => [word, at] as const).reverse(),
);

/** The word of an index: of the global list from 0 up, of the message's own list below 0. */
export function wordAt(index: number, ownWords: readonly string[]): string | undefined {
  return index >= 0 ? GLOBAL_WORDS[index] : ownWords[-index - 1];
}

/** A list of words under construction. */
export type WordList = { readonly words: string[]; indexOf(word: string): number };

/** Words by index for a caller that knows the first `knownWords` of the global list. */
export function wordList(knownWords: number): WordList {
  const words: string[] = [];
  const own = new Map<string, number>();
  return {
    words,
    indexOf: (word) => {
      const global = INDEX.get(word);
      if (global !== undefined && global < knownWords) return global;
      const known = own.get(word);
      if (known !== undefined) return known;
      words.push(word);
      own.set(word, -words.length);
      return -words.length;
    },
  };
}
