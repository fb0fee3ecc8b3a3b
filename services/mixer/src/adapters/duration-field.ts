import type { Duration } from '@bufbuild/protobuf/wkt';

/** A duration field in milliseconds; what stands for its absence otherwise. */
export function durationMs(field: Duration | undefined, absent: number): number {
  return field === undefined ? absent : Number(field.seconds) * 1000 + field.nanos / 1e6;
}
