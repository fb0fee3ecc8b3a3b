import { formatFraction } from './duration.ts';
import type { Timestamp } from './value.ts';
import { timestamp } from './value.ts';

const SECOND = 1_000_000_000n;

/**
 * Reads an RFC 3339 time such as `2024-05-01T10:00:00Z` or `2024-05-01T12:00:00.25+02:00`; undefined when the text is
 * anything else (Go's layout: upper-case `T` and `Z`, two digits everywhere, no leap second).
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  if (text.length < 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return undefined;
  if (text[13] !== ':' || text[16] !== ':') return undefined;
  const year = number(text, 0, 4);
  const month = number(text, 5, 7);
  const day = number(text, 8, 10);
  const hour = number(text, 11, 13);
  const minute = number(text, 14, 16);
  const second = number(text, 17, 19);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  let at = 19;
  let nanos = 0n;
  if (text[at] === '.' || text[at] === ',') {
    let end = at + 1;
    while (end < text.length && isDigit(text, end)) end++;
    if (end === at + 1) return undefined;
    nanos = BigInt(text.slice(at + 1, Math.min(end, at + 10)).padEnd(9, '0'));
    at = end;
  }
  const offset = zoneOffset(text.slice(at));
  if (offset === undefined) return undefined;
  const seconds = daysSince1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
  return timestamp(BigInt(seconds) * SECOND + nanos);
}

/** Writes a time in UTC: `2024-05-01T10:00:00Z`, with three, six or nine digits of a second's fraction when there is one. */
export function formatTimestamp(value: Timestamp): string {
  const nanos = ((value.nanos % SECOND) + SECOND) % SECOND;
  const seconds = Number((value.nanos - nanos) / SECOND);
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const { year, month, day } = civil(days);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const time = `${pad(Math.floor(rest / 3600), 2)}:${pad(Math.floor(rest / 60) % 60, 2)}:${pad(rest % 60, 2)}`;
  return `${date}T${time}${formatFraction(nanos)}Z`;
}

/** Seconds east of UTC of `Z` or `+hh:mm`. */
function zoneOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  if (zone.length !== 6 || (zone[0] !== '+' && zone[0] !== '-') || zone[3] !== ':') return undefined;
  const hours = number(zone, 1, 3);
  const minutes = number(zone, 4, 6);
  if (hours < 0 || hours > 24 || minutes < 0 || minutes > 60) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** The digits of text[from, to) as a number; -1 when one of them is none. */
function number(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    if (!isDigit(text, at)) return -1;
    value = value * 10 + (text.charCodeAt(at) - 48);
  }
  return value;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The inverse of daysSince1970. */
function civil(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}
