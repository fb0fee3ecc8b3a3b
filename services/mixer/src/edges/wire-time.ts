import type { Duration as WireDuration, Timestamp as WireTimestamp } from '@bufbuild/protobuf/wkt';
import { type Duration, duration, type Timestamp, timestamp } from '@quintet/expr';

const SECOND = 1_000_000_000n;

/** A protobuf timestamp as a value. */
export function timestampValue(time: WireTimestamp | undefined): Timestamp | undefined {
  return time === undefined ? undefined : timestamp(time.seconds * SECOND + BigInt(time.nanos));
}

/** A protobuf duration as a value. */
export function durationValue(time: WireDuration | undefined): Duration | undefined {
  return time === undefined ? undefined : duration(time.seconds * SECOND + BigInt(time.nanos));
}

/** Milliseconds as the fields of a protobuf duration. */
export function wireDuration(ms: number): { seconds: bigint; nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}
