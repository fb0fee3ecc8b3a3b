import type { Duration } from '@bufbuild/protobuf/wkt';
import type { Finding } from '@quintet/model';
import type { Params as MemQuota } from '@quintet/proto/adapter/memquota/config/config_pb.js';
import {
  Params_QuotaAlgorithm as Algorithm,
  type Params as RedisQuota,
} from '@quintet/proto/adapter/redisquota/config/config_pb.js';
import { parseReference } from '../references.ts';
import { durationMs, negative, negativeNumber } from './duration-problems.ts';

/** How long a repetition is remembered when nothing is said, milliseconds. */
export const DEFAULT_DEDUPLICATION_MS = 1000;

/** What is wrong with the parameters of a memquota. */
export function memQuotaProblems(params: MemQuota): readonly Finding[] {
  const { quotas, minDeduplicationDuration } = params;
  return [
    ...(durationMs(minDeduplicationDuration, DEFAULT_DEDUPLICATION_MS) > 0
      ? []
      : [{ path: 'minDeduplicationDuration', message: 'must be positive' }]),
    ...nameProblems(quotas),
    ...quotas.flatMap((quota, at) => [
      ...amountProblems(quota, `quotas[${at}]`),
      ...quota.overrides.flatMap((override, index) =>
        amountProblems(override, `quotas[${at}].overrides[${index}]`),
      ),
    ]),
  ];
}

/** What is wrong with the parameters of a redisquota. */
export function redisQuotaProblems({ quotas, connectionPoolSize }: RedisQuota): readonly Finding[] {
  return [
    ...negativeNumber(connectionPoolSize, 'connectionPoolSize'),
    ...nameProblems(quotas),
    ...quotas.flatMap((quota, at) => [
      ...amountProblems(quota, `quotas[${at}]`),
      ...windowProblems(quota, `quotas[${at}]`),
      ...quota.overrides.flatMap(({ maxAmount, dimensions }, index) => [
        ...negativeNumber(maxAmount, `quotas[${at}].overrides[${index}].maxAmount`),
        ...(Object.keys(dimensions).length > 0
          ? []
          : [
              {
                path: `quotas[${at}].overrides[${index}].dimensions`,
                message: 'expected dimensions, found none',
              },
            ]),
      ]),
    ]),
  ];
}

function nameProblems(quotas: readonly { readonly name: string }[]): readonly Finding[] {
  const seen = new Set<string>();
  return quotas.flatMap(({ name }, at) => {
    const path = `quotas[${at}].name`;
    if (name === '') return [{ path, message: 'expected the name of an instance, found none' }];
    const reference = parseReference(name, '');
    const instance = reference === undefined ? name : `${reference.namespace}/${reference.name}`;
    if (seen.has(instance)) return [{ path, message: `quota ${name} is defined twice` }];
    seen.add(instance);
    return [];
  });
}

type Amount = { readonly maxAmount: bigint; readonly validDuration?: Duration | undefined };

function amountProblems({ maxAmount, validDuration }: Amount, path: string): readonly Finding[] {
  return [
    ...negativeNumber(maxAmount, `${path}.maxAmount`),
    ...negative(validDuration, `${path}.validDuration`),
  ];
}

/** A rolling window is counted in buckets, which must be shorter than it is. */
function windowProblems(quota: RedisQuota['quotas'][number], path: string): readonly Finding[] {
  const bucket = durationMs(quota.bucketDuration, 0);
  if (bucket < 0) return [{ path: `${path}.bucketDuration`, message: 'must not be negative' }];
  if (quota.rateLimitAlgorithm !== Algorithm.ROLLING_WINDOW) return [];
  if (bucket > 0 && bucket < durationMs(quota.validDuration, 0)) return [];
  return [
    { path: `${path}.bucketDuration`, message: 'ROLLING_WINDOW needs one between 0s and validDuration' },
  ];
}
