import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Bag } from '@quintet/expr';
import {
  type CheckRequest,
  type CheckResponseSchema,
  type HeaderOperationSchema,
  HeaderOperation_Operation as Operation,
} from '@quintet/proto/istio/mixer/v1/mixer_pb.js';
import { CODES } from '../../adapters/google-codes.ts';
import type { CheckOutcome, HeaderOperation } from '../../runtime/check-outcome.ts';
import type { Engine } from '../../runtime/engine.ts';
import { wireDuration } from '../wire-time.ts';
import { referencedAttributes } from './referenced-attributes.ts';

export type CheckAnswer = MessageInitShape<typeof CheckResponseSchema>;

const OPERATIONS = {
  replace: Operation.REPLACE,
  remove: Operation.REMOVE,
  append: Operation.APPEND,
} as const;

/** Answers `istio.mixer.v1.Mixer/Check`: the precondition, and quotas when it holds. */
export function answerCheck(request: CheckRequest, bag: Bag, engine: Engine): CheckAnswer {
  const outcome = engine.check(bag);
  const known = request.globalWordCount;
  return {
    precondition: {
      status: { code: outcome.code, message: outcome.message },
      validDuration: wireDuration(outcome.validDurationMs),
      validUseCount: outcome.validUseCount,
      referencedAttributes: referencedAttributes(outcome.references, known),
      ...routeDirective(outcome),
    },
    quotas: outcome.code === CODES.ok ? quotas(request, bag, engine) : {},
  };
}

function quotas(
  { quotas: wanted, deduplicationId, globalWordCount }: CheckRequest,
  bag: Bag,
  engine: Engine,
) {
  const results = Object.entries(wanted).map(([name, { amount, bestEffort }]) => {
    const result = engine.allocate(bag, { name, amount: Number(amount), bestEffort, deduplicationId });
    return [
      name,
      {
        validDuration: wireDuration(result.validDurationMs),
        grantedAmount: BigInt(Math.trunc(result.grantedAmount)),
        status: { code: result.code, message: result.message },
        referencedAttributes: referencedAttributes(result.references, globalWordCount),
      },
    ] as const;
  });
  return Object.fromEntries(results);
}

function routeDirective({ headerOperations }: CheckOutcome) {
  if (headerOperations.length === 0) return {};
  const of = (header: HeaderOperation['header']): MessageInitShape<typeof HeaderOperationSchema>[] =>
    headerOperations
      .filter((operation) => operation.header === header)
      .map(({ name, value, operation }) => ({ name, value, operation: OPERATIONS[operation] }));
  return {
    routeDirective: { requestHeaderOperations: of('request'), responseHeaderOperations: of('response') },
  };
}
