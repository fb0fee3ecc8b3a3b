import type { Result } from './result.ts';
import { fail, ok } from './result.ts';

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

/** Digits that follow `\x`, `\u`, `\U`. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/**
 * The text of a Go literal with its quotes: `"…"` and `'…'` with escapes, or a raw string in backquotes (which loses its
 * carriage returns). Escapes `\x` and `\NNN` name bytes: bytes that are no UTF-8 become U+FFFD.
 */
export function unquote(literal: string): Result<string> {
  const quote = literal[0] ?? '';
  const body = literal.slice(1, -1);
  if (quote === '`') return ok(body.replaceAll('\r', ''));
  if (!body.includes('\\')) return quoted(body, quote);
  const bytes: number[] = [];
  for (let at = 0; at < body.length; ) {
    const piece = body[at] === '\\' ? escapeAt(body, at, quote) : plainAt(body, at);
    if (piece === undefined) return fail(`invalid escape in ${literal}`);
    bytes.push(...piece.bytes);
    at = piece.next;
  }
  return quoted(Buffer.from(bytes).toString('utf8'), quote);
}

function quoted(text: string, quote: string): Result<string> {
  if (quote === "'" && [...text].length !== 1) return fail('a rune literal holds exactly one character');
  return ok(text);
}

type Piece = { readonly bytes: Iterable<number>; readonly next: number };

function plainAt(body: string, at: number): Piece {
  const character = String.fromCodePoint(body.codePointAt(at) ?? 0);
  return { bytes: Buffer.from(character), next: at + character.length };
}

function escapeAt(body: string, at: number, quote: string): Piece | undefined {
  const kind = body[at + 1] ?? '';
  const simple = kind === quote ? quote : SIMPLE.get(kind);
  if (simple !== undefined) return { bytes: Buffer.from(simple), next: at + 2 };
  const digits = HEX_DIGITS.get(kind);
  if (digits !== undefined) return hexEscape(body, at + 2, digits);
  const octal = /^[0-7]{3}/.exec(body.slice(at + 1, at + 4))?.[0];
  if (octal === undefined) return undefined;
  const value = Number.parseInt(octal, 8);
  return value > 255 ? undefined : { bytes: [value], next: at + 4 };
}

function hexEscape(body: string, from: number, digits: number): Piece | undefined {
  const text = body.slice(from, from + digits);
  if (text.length !== digits || !/^[0-9a-fA-F]+$/.test(text)) return undefined;
  const value = Number.parseInt(text, 16);
  const next = from + digits;
  if (digits === 2) return { bytes: [value], next };
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return undefined;
  return { bytes: Buffer.from(String.fromCodePoint(value)), next };
}
