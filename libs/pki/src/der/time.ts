import { PkiError } from '../error.ts';
import type { DerElement } from './reader.ts';
import { TAG } from './tags.ts';

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** A `Time` of RFC 5280 (4.1.2.5) as ms since 1970. Both forms need seconds and `Z`. */
export function readTime(element: DerElement, what: string): number {
  const text = Buffer.from(element.content).toString('latin1');
  const match =
    element.tag === TAG.utcTime
      ? UTC.exec(text)
      : element.tag === TAG.generalizedTime
        ? GENERALIZED.exec(text)
        : null;
  if (match === null) throw new PkiError('malformed', `${what}: not a time`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const full = element.tag === TAG.generalizedTime ? year : year < 50 ? 2000 + year : 1900 + year;
  const date = new Date(0);
  date.setUTCFullYear(full, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const exists =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!exists) throw new PkiError('malformed', `${what}: no such time: ${text}`);
  return date.getTime();
}

/** Tag and text of a `Time`: UTCTime up to 2049, GeneralizedTime from 2050 on. Fractions of a second are cut off. */
export function timeText(time: number): { readonly tag: number; readonly text: string } {
  const digits = new Date(time)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '');
  const utc = time >= Date.UTC(1950, 0, 1) && time < Date.UTC(2050, 0, 1);
  return utc ? { tag: TAG.utcTime, text: digits.slice(2) } : { tag: TAG.generalizedTime, text: digits };
}
