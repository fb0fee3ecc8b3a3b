import { create } from '@bufbuild/protobuf';
import { type ConfigObject, DESTINATION_RULE, makeConfigObject } from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';

/** A destination rule for tests; equal hosts give equal versions. */
export function rule(name: string, host: string): ConfigObject {
  return makeConfigObject({
    kind: DESTINATION_RULE,
    namespace: 'shop',
    name,
    spec: create(DestinationRuleSchema, { host }),
  });
}

export const RULES = DESTINATION_RULE.collection;
