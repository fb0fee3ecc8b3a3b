import { durationMillis } from '@quintet/model';
import type { HTTPRetry } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { RetryPlan } from './route-types.ts';

const STATUS_CODES = 'retriable-status-codes';

/** What happens where a route says nothing about retries. */
export const DEFAULT_RETRY: RetryPlan = {
  attempts: 2,
  conditions: [
    'connect-failure',
    'refused-stream',
    'unavailable',
    'cancelled',
    'resource-exhausted',
    STATUS_CODES,
  ],
  statusCodes: [503],
  otherHostAttempts: 5,
};

/** The retries of a route. Absent settings mean the default, no attempts mean none at all. */
export function retryPlan(retries: HTTPRetry | undefined): RetryPlan | undefined {
  if (!retries) return DEFAULT_RETRY;
  if (retries.attempts <= 0) return undefined;
  const perTryTimeoutMs = durationMillis(retries.perTryTimeout);
  return {
    ...DEFAULT_RETRY,
    ...(retries.retryOn !== '' && parseRetryOn(retries.retryOn)),
    attempts: retries.attempts,
    ...(perTryTimeoutMs && { perTryTimeoutMs }),
  };
}

/** Conditions are listed by name; numbers are status codes. */
function parseRetryOn(retryOn: string): Pick<RetryPlan, 'conditions' | 'statusCodes'> {
  const tokens = retryOn.split(',').map((token) => token.trim());
  const statusCodes = tokens.filter((token) => /^[0-9]+$/.test(token)).map(Number);
  const names = tokens.filter((token) => token !== '' && !/^[0-9]+$/.test(token));
  const conditions = statusCodes.length > 0 ? [...names, STATUS_CODES] : names;
  return { conditions: [...new Set(conditions)], statusCodes: [...new Set(statusCodes)] };
}
