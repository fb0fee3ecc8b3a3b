import type { Duration } from '@bufbuild/protobuf/wkt';
import type { Finding } from '@quintet/model';

/** A duration of a configuration in milliseconds; `absent` when there is none. */
export function durationMs(field: Duration | undefined, absent: number): number {
  return field === undefined ? absent : Number(field.seconds) * 1000 + field.nanos / 1e6;
}

/** The finding that a duration is below zero, if it is. */
export function negative(field: Duration | undefined, path: string): readonly Finding[] {
  return durationMs(field, 0) < 0 ? [{ path, message: 'must not be negative' }] : [];
}

/** The finding that a number is below zero, if it is. */
export function negativeNumber(value: number | bigint, path: string): readonly Finding[] {
  return value < 0 ? [{ path, message: `must not be negative, found ${value}` }] : [];
}

/** The finding that a share is not between 0 and 1, if it is not. */
export function noShare(value: number, path: string): readonly Finding[] {
  return value >= 0 && value <= 1 ? [] : [{ path, message: `expected a number from 0 to 1, found ${value}` }];
}
