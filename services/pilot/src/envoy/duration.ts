import { create } from '@bufbuild/protobuf';
import { type Duration, DurationSchema } from '@bufbuild/protobuf/wkt';

/** Milliseconds, fractions included, as a protobuf duration. */
export function duration(milliseconds: number): Duration {
  const nanoseconds = Math.round(milliseconds * 1e6);
  const seconds = Math.floor(nanoseconds / 1e9);
  return create(DurationSchema, { seconds: BigInt(seconds), nanos: nanoseconds - seconds * 1e9 });
}
