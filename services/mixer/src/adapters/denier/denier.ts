import { denierProblems, durationMs } from '@quintet/expr';
import { ParamsSchema } from '@quintet/proto/adapter/denier/config/config_pb.js';
import { problemsOf, readParams } from '../../templates/fields.ts';
import type { Adapter, CheckResult } from '../adapter.ts';
import { CODES } from '../google-codes.ts';

const DEFAULT_VALID_MS = 5000;
const DEFAULT_USE_COUNT = 1000;

/** Says no to everything, with a configured status (FAILED_PRECONDITION when there is none). */
export const DENIER: Adapter = {
  name: 'denier',
  templates: ['checknothing', 'listentry', 'quota'],
  configure: (params) => {
    const read = readParams(ParamsSchema, params);
    if ('problems' in read) return read;
    const { status, validDuration, validUseCount } = read.value;
    const problems = problemsOf(denierProblems(read.value));
    if (problems.length > 0) return { problems };
    const code = status?.code ?? CODES.failedPrecondition;
    const validDurationMs = durationMs(validDuration, DEFAULT_VALID_MS);
    const answer: CheckResult = {
      code,
      message: status?.message ?? '',
      validDurationMs,
      validUseCount: validUseCount === 0 ? DEFAULT_USE_COUNT : validUseCount,
    };
    return {
      problems: [],
      build: () => ({ check: () => answer, quota: () => ({ grantedAmount: 0, validDurationMs }) }),
    };
  },
};
