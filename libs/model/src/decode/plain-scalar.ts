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
const MAYBE_NUMBER = /^[-+.0-9]/;
/** Integers that a double holds exactly, and decimal fractions. */
const SIMPLE_NUMBER = /^(?:0|-?[1-9][0-9]{0,14}|-?[0-9]{1,9}\.[0-9]{1,9})$/;
/** Everything that the core schema of YAML 1.2 reads as a number, and a little more. */
const ANY_NUMBER = /^[-+]?(?:\.?[0-9]|0[xo]|\.inf$|\.nan$)[0-9a-fA-F_.xoe+-]*$/i;

/** Reads a plain word by the core schema of YAML 1.2. Rare spellings of numbers are left to the library. */
export function plainScalar(text: string): PlainScalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!MAYBE_NUMBER.test(text)) return { value: text };
  if (SIMPLE_NUMBER.test(text)) return { value: Number(text) };
  return ANY_NUMBER.test(text) ? undefined : { value: text };
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

const SINGLE_QUOTED = /^'((?:[^']|'')*)'/;
const DOUBLE_QUOTED = /^"((?:[^"\\]|\\["\\/bfnrt])*)"/;

/** A quoted string at the beginning of `text`, and the length of what was read; undefined for rare escapes. */
export function quotedScalar(text: string): { readonly value: string; readonly length: number } | undefined {
  if (text.startsWith("'")) {
    const [all, inner = ''] = SINGLE_QUOTED.exec(text) ?? [];
    return all === undefined ? undefined : { value: inner.replaceAll("''", "'"), length: all.length };
  }
  const [all, inner = ''] = DOUBLE_QUOTED.exec(text) ?? [];
  if (all === undefined) return undefined;
  return { value: inner.includes('\\') ? inner.replace(/\\(.)/g, unescaped) : inner, length: all.length };
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
