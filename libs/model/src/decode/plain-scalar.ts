/** What a plain word of YAML stands for; undefined leaves the decision to the YAML library. */
export type PlainScalar = { readonly value: string | number | boolean | null } | undefined;

const NOTHING: PlainScalar = { value: null };
const TRUE: PlainScalar = { value: true };
const FALSE: PlainScalar = { value: false };

const WORDS: ReadonlyMap<string, PlainScalar> = new Map([
  ['', NOTHING],
  ['~', NOTHING],
  ['null', NOTHING],
  ['Null', NOTHING],
  ['NULL', NOTHING],
  ['true', TRUE],
  ['True', TRUE],
  ['TRUE', TRUE],
  ['false', FALSE],
  ['False', FALSE],
  ['FALSE', FALSE],
]);
const LONGEST_WORD = 'False'.length;
/** Integers that a double holds exactly, and decimal fractions. */
const SIMPLE_NUMBER = /^(?:0|-?[1-9][0-9]{0,14}|-?[0-9]{1,9}\.[0-9]{1,9})$/;
/** Everything that the core schema of YAML 1.2 reads as a number, and a little more. An IP address has too many dots. */
const ANY_NUMBER =
  /^[-+]?(?:0[xo][0-9a-f]*|[0-9]+\.?[0-9]*(?:e[-+]?[0-9]*)?|\.[0-9]+(?:e[-+]?[0-9]*)?|\.inf|\.nan)$/i;

/** Reads a plain word by the core schema of YAML 1.2. Rare spellings of numbers are left to the library. */
export function plainScalar(text: string): PlainScalar {
  // No word of them is longer; most texts are, and need not be looked up.
  const word = text.length <= LONGEST_WORD ? WORDS.get(text) : undefined;
  if (word !== undefined) return word;
  if (!beginsLikeNumber(text)) return { value: text };
  if (SIMPLE_NUMBER.test(text)) return { value: Number(text) };
  return ANY_NUMBER.test(text) ? undefined : { value: text };
}

function beginsLikeNumber(text: string): boolean {
  const first = text[0] ?? '';
  return (first >= '0' && first <= '9') || first === '-' || first === '+' || first === '.';
}

/** Characters that begin something else than a plain word. */
const INDICATOR = /^[\s,[\]{}#&*!|>'"%@`?:]|^-(?:\s|$)/;

/** A plain word that ends with its line, comment cut off; undefined when it is, or may be, something else. */
export function plainLine(text: string): PlainScalar {
  if (INDICATOR.test(text)) return undefined;
  const comment = text.indexOf(' #');
  const word = (comment < 0 ? text : text.slice(0, comment)).trimEnd();
  if (word.endsWith(':') || word.includes(': ')) return undefined;
  return plainScalar(word);
}

const SINGLE_QUOTED = /'((?:[^'\n]|'')*)'/y;
const DOUBLE_QUOTED = /"((?:[^"\\\n]|\\["\\/bfnrt])*)"/y;

/**
 * A quoted string that stands at `start` and ends on the same line, and the length of what was read; undefined for rare
 * escapes. Costs what the string is long, however long the text is.
 */
export function quotedScalar(
  text: string,
  start: number,
): { readonly value: string; readonly length: number } | undefined {
  const isSingle = text[start] === "'";
  const pattern = isSingle ? SINGLE_QUOTED : DOUBLE_QUOTED;
  pattern.lastIndex = start;
  const [all, inner = ''] = pattern.exec(text) ?? [];
  if (all === undefined) return undefined;
  const { length } = all;
  if (isSingle) return { value: inner.replaceAll("''", "'"), length };
  return { value: inner.includes('\\') ? inner.replace(/\\(.)/g, unescaped) : inner, length };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function unescaped(_: string, letter: string): string {
  return ESCAPES.get(letter) ?? letter;
}
