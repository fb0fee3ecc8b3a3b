import type { Duration } from './value.ts';
import { duration } from './value.ts';

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const MAX = 2n ** 63n - 1n;

/**
 * Reads a duration as Go's time.ParseDuration does: an optional sign, then numbers each with a unit (`1h30m`, `1.5s`,
 * `.5ms`), or a bare `0`. Anything else, and what does not fit 64 bits of nanoseconds, is undefined.
 */
export function parseDuration(text: string): Duration | undefined {
  const negative = text.startsWith('-');
  const body = negative || text.startsWith('+') ? text.slice(1) : text;
  if (body === '0') return duration(0n);
  if (body === '') return undefined;
  let total = 0n;
  let at = 0;
  while (at < body.length) {
    const whole = digitsAt(body, at);
    at += whole.length;
    let fraction = '';
    if (body[at] === '.') {
      fraction = digitsAt(body, at + 1);
      at += 1 + fraction.length;
    }
    if (whole === '' && fraction === '') return undefined;
    const unitText = unitAt(body, at);
    const unit = UNITS.get(unitText);
    if (unit === undefined) return undefined;
    at += unitText.length;
    total += BigInt(whole === '' ? '0' : whole) * unit + fractionOf(fraction, unit);
    if (total > MAX) return undefined;
  }
  return duration(negative ? -total : total);
}

function digitsAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return text.slice(from, end);
}

function unitAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && text[end] !== '.' && !isDigit(text.charCodeAt(end))) end++;
  return text.slice(from, end);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Digits beyond the nineteenth cannot change a 64-bit number of nanoseconds. */
function fractionOf(digits: string, unit: bigint): bigint {
  const kept = digits.slice(0, 19);
  return kept === '' ? 0n : (BigInt(kept) * unit) / 10n ** BigInt(kept.length);
}

/** Writes a duration in seconds, as configuration and protobuf JSON do: `5s`, `0.005s`, `-1.5s`. */
export function formatDuration(value: Duration): string {
  const negative = value.nanos < 0n;
  const nanos = negative ? -value.nanos : value.nanos;
  return `${negative ? '-' : ''}${nanos / 1_000_000_000n}${formatFraction(nanos % 1_000_000_000n)}s`;
}

/** The fraction of a second as `.NNN`, `.NNNNNN` or `.NNNNNNNNN`; empty for whole seconds. */
export function formatFraction(nanos: bigint): string {
  if (nanos === 0n) return '';
  const digits = nanos.toString().padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  if (digits.endsWith('000')) return `.${digits.slice(0, 6)}`;
  return `.${digits}`;
}
