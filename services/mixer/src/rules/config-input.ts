import type { ConfigObject } from '@quintet/model';
import type { QuotaSpec } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import type {
  AttributeManifest,
  Handler,
  Instance,
  Rule,
} from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';

/** The configuration of one moment, as far as rules are made of it. */
export type ConfigInput = {
  readonly manifests: readonly ConfigObject<AttributeManifest>[];
  readonly handlers: readonly ConfigObject<Handler>[];
  readonly instances: readonly ConfigObject<Instance>[];
  readonly rules: readonly ConfigObject<Rule>[];
  readonly quotaSpecs: readonly ConfigObject<QuotaSpec>[];
  /** Objects of kinds that decide about requests and are not realised. */
  readonly unrealised: readonly ConfigObject[];
};
