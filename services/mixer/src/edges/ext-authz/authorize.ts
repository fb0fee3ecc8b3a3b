import { CONTEXT_KEYS } from '@quintet/model';
import type { AttributeContext } from '@quintet/proto/envoy/service/auth/v3/attribute_context_pb.js';
import { CODES } from '../../adapters/google-codes.ts';
import type { Engine } from '../../runtime/engine.ts';
import type { Peers } from '../peers.ts';
import { contextText, requestBag } from './request-bag.ts';
import { type AuthzResponse, allowedResponse, deniedResponse } from './response.ts';

/**
 * Answers a question of ext_authz: the check of all rules, then the quotas that the route's service is bound to. Quotas
 * carry no deduplication id: request ids come from callers, who could repeat one to pay once.
 */
export function authorize(context: AttributeContext, peers: Peers, engine: Engine): AuthzResponse {
  const bag = requestBag({ context, peers });
  const outcome = engine.check(bag);
  if (outcome.code !== CODES.ok) return deniedResponse(outcome.code, outcome.message);
  const specs = contextText(context, CONTEXT_KEYS.quotaSpecs);
  const charges = specs === '' ? [] : engine.chargesFor(specs.split(','), bag);
  for (const { quota: name, amount } of charges) {
    const result = engine.allocate(bag, { name, amount, bestEffort: false, deduplicationId: '' });
    if (result.code !== CODES.ok) return deniedResponse(result.code, result.message);
    if (result.grantedAmount < amount) {
      return deniedResponse(CODES.resourceExhausted, `Quota is exhausted for: ${name}`);
    }
  }
  return allowedResponse(outcome);
}
