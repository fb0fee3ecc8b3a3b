import type { Params_MetricInfo_BucketsDefinition as Definition } from '@quintet/proto/adapter/prometheus/config/config_pb.js';

/** The limits of distributions that define none. */
const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MOST_BUCKETS = 200;

/** The upper limits that a definition means, or what is wrong with it. */
export function bucketLimits(
  definition: Definition | undefined,
): readonly number[] | { readonly problem: string } {
  const limits = rawLimits(definition);
  if ('problem' in limits) return limits;
  if (limits.length > MOST_BUCKETS)
    return { problem: `${limits.length} buckets, expected at most ${MOST_BUCKETS}` };
  if (limits.some((limit, at) => !Number.isFinite(limit) || (at > 0 && limit <= (limits[at - 1] ?? limit)))) {
    return { problem: 'bounds must be finite and rise' };
  }
  return limits;
}

function rawLimits(definition: Definition | undefined): readonly number[] | { readonly problem: string } {
  const buckets = definition?.definition;
  switch (buckets?.case) {
    case 'linearBuckets': {
      const { numFiniteBuckets, width, offset } = buckets.value;
      if (numFiniteBuckets < 1 || width <= 0)
        return { problem: 'linear buckets need numFiniteBuckets and a positive width' };
      return count(numFiniteBuckets, (at) => offset + at * width);
    }
    case 'exponentialBuckets': {
      const { numFiniteBuckets, growthFactor, scale } = buckets.value;
      if (numFiniteBuckets < 1 || growthFactor <= 1 || scale <= 0) {
        return {
          problem: 'exponential buckets need numFiniteBuckets, a growthFactor above 1 and a positive scale',
        };
      }
      return count(numFiniteBuckets, (at) => scale * growthFactor ** at);
    }
    case 'explicitBuckets':
      return buckets.value.bounds;
    default:
      return DEFAULT_BUCKETS;
  }
}

/** n finite buckets lie between n + 1 limits. */
function count(finite: number, limit: (at: number) => number): number[] {
  return Array.from({ length: Math.min(finite, MOST_BUCKETS) + 1 }, (_, at) => limit(at));
}
