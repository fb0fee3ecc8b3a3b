import type { Result } from './result.ts';
import { fail, ok } from './result.ts';

export type TokenKind =
  | 'identifier'
  | 'int'
  | 'float'
  | 'imaginary'
  | 'rune'
  | 'string'
  | 'operator'
  | 'newline'
  | 'end';

/** One token of Go's lexical grammar; `at` counts characters from 0. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly at: number };

const KEYWORDS = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var'.split(
    ' ',
  ),
);

/** Longest first, so that the first that fits is the token. */
const OPERATORS = [
  ...['<<=', '>>=', '&^=', '...'],
  ...[
    '&&',
    '||',
    '<-',
    '++',
    '--',
    '==',
    '!=',
    '<=',
    '>=',
    ':=',
    '+=',
    '-=',
    '*=',
    '/=',
    '%=',
    '&=',
    '|=',
    '^=',
    '<<',
    '>>',
    '&^',
  ],
  ...'+-*/%&|^<>=!()[]{},;.:'.split(''),
];

const OPERATORS_BY_FIRST: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  OPERATORS,
  (operator) => operator[0] ?? '',
);

const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER =
  /(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?\d+)?|0[bBoO][0-9_]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)i?/y;
const SPACE = /[ \t\r]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const INTERPRETED = /"(?:[^"\\\n]|\\.)*"/y;
const RAW = /`[^`]*`/y;
const RUNE = /'(?:[^'\\\n]|\\.)+'/uy;

/**
 * Splits an expression into the tokens of Go, ending with `end`. A newline is a token where Go would insert a semicolon:
 * after an operand or a closing bracket.
 */
export function tokenize(text: string): Result<readonly Token[]> {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '\n') {
      if (endsOperand(tokens.at(-1))) tokens.push({ kind: 'newline', text: '\n', at });
      at++;
      continue;
    }
    const skipped = skippedAt(text, at);
    if (skipped !== undefined) {
      if (skipped.includes('\n') && endsOperand(tokens.at(-1)))
        tokens.push({ kind: 'newline', text: '\n', at });
      at += skipped.length;
      continue;
    }
    const token = tokenAt(text, at);
    if (token === undefined) return fail(`${position(at)}: ${problemAt(text, at)}`);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return ok(tokens);
}

/** A place as `line:column` of a one-line text, both from 1. */
export function position(at: number): string {
  return `1:${at + 1}`;
}

/** Whether the identifier is a word that Go reserves, and so no attribute or function name. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word);
}

function tokenAt(text: string, at: number): Token | undefined {
  const first = text[at] ?? '';
  const operators = OPERATORS_BY_FIRST.get(first);
  if (operators === undefined) return wordAt(text, at);
  if (first === '.' && isDigit(text, at + 1)) return numberAt(text, at);
  const operator = operators.find((candidate) => text.startsWith(candidate, at));
  return operator === undefined ? undefined : { kind: 'operator', text: operator, at };
}

function wordAt(text: string, at: number): Token | undefined {
  switch (text[at]) {
    case '"':
      return tokenOf('string', matchAt(INTERPRETED, text, at), at);
    case '`':
      return tokenOf('string', matchAt(RAW, text, at), at);
    case "'":
      return tokenOf('rune', matchAt(RUNE, text, at), at);
    default:
      return isDigit(text, at)
        ? numberAt(text, at)
        : tokenOf('identifier', matchAt(IDENTIFIER, text, at), at);
  }
}

function tokenOf(kind: TokenKind, text: string | undefined, at: number): Token | undefined {
  return text === undefined ? undefined : { kind, text, at };
}

function numberAt(text: string, at: number): Token {
  const number = matchAt(NUMBER, text, at) ?? '';
  return { kind: numberKind(number), text: number, at };
}

function isDigit(text: string, at: number): boolean {
  const character = text[at];
  return character !== undefined && character >= '0' && character <= '9';
}

/** Space or a comment. */
function skippedAt(text: string, at: number): string | undefined {
  switch (text[at]) {
    case ' ':
    case '\t':
    case '\r':
      return matchAt(SPACE, text, at);
    case '/':
      return matchAt(COMMENT, text, at);
    default:
      return undefined;
  }
}

function numberKind(number: string): TokenKind {
  if (number.endsWith('i')) return 'imaginary';
  if (/^0[xX]/.test(number)) return /[.pP]/.test(number) ? 'float' : 'int';
  return /[.eE]/.test(number) ? 'float' : 'int';
}

function problemAt(text: string, at: number): string {
  if (text[at] === '"') return 'string literal not terminated';
  if (text[at] === '`') return 'raw string literal not terminated';
  if (text[at] === "'") return 'rune literal not terminated';
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return `illegal character ${JSON.stringify(character)}`;
}

function endsOperand(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'newline') return false;
  if (token.kind !== 'operator') return true;
  return [')', ']', '}', '++', '--'].includes(token.text);
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
