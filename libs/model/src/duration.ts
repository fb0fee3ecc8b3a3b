/** A length of time as `google.protobuf.Duration` carries it: both parts have the same sign. */
export type DurationValue = { readonly seconds: bigint; readonly nanos: number };

const UNIT_NANOS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const SECOND = 1_000_000_000n;
/** The range of google.protobuf.Duration: about 10,000 years. */
const MAX_SECONDS = 315_576_000_000n;
const PART = /^([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/;

/**
 * Reads a duration as the classic API writes it: `1.5s` (the proto3 JSON form), and with the units ns, us, ms, s,
 * m, h in any sequence, such as `1h30m` or `250ms`; `0` needs no unit. Digits finer than a nanosecond are cut.
 * Undefined when the text is not a duration or out of the range of google.protobuf.Duration.
 */
export function parseDuration(text: string): DurationValue | undefined {
  const negative = text.startsWith('-');
  let rest = negative || text.startsWith('+') ? text.slice(1) : text;
  if (rest === '0') return { seconds: 0n, nanos: 0 };
  if (rest === '' || rest.length > 64) return undefined;
  let nanos = 0n;
  while (rest !== '') {
    const [all, whole = '', fraction = '', unit = ''] = PART.exec(rest) ?? [];
    const scale = UNIT_NANOS.get(unit);
    if (all === undefined || scale === undefined || whole + fraction === '') return undefined;
    nanos += BigInt(whole === '' ? 0 : whole) * scale;
    if (fraction !== '') nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    rest = rest.slice(all.length);
  }
  if (nanos / SECOND > MAX_SECONDS) return undefined;
  return durationFromNanos(negative ? -nanos : nanos);
}

/** The length in milliseconds; fractions stay. Absent is `undefined`, so that a default can follow by `??`. */
export function durationMillis(duration: DurationValue): number;
export function durationMillis(duration: DurationValue | undefined): number | undefined;
export function durationMillis(duration: DurationValue | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1000 + duration.nanos / 1_000_000;
}

/** A duration of whole or broken milliseconds. */
export function durationFromMillis(millis: number): DurationValue {
  return durationFromNanos(BigInt(Math.round(millis * 1_000_000)));
}

/** Writes a duration as proto3 JSON does: seconds with as many decimals as needed and an `s`. */
export function formatDuration(duration: DurationValue): string {
  const total = duration.seconds * SECOND + BigInt(duration.nanos);
  const positive = total < 0n ? -total : total;
  const fraction = (positive % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  return `${total < 0n ? '-' : ''}${positive / SECOND}${fraction === '' ? '' : `.${fraction}`}s`;
}

function durationFromNanos(nanos: bigint): DurationValue {
  return { seconds: nanos / SECOND, nanos: Number(nanos % SECOND) };
}
