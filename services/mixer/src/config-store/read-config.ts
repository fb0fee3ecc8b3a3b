import {
  ATTRIBUTE_MANIFEST,
  DEFAULT_TRUST_DOMAIN,
  HANDLER,
  INSTANCE,
  MESH_CONFIG,
  QUOTA_SPEC,
  RULE,
  SERVICE_ENTRY,
  SYNTHETIC_SERVICE_ENTRY,
  serviceEntryToServices,
} from '@quintet/model';
import { MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { QuotaSpecSchema } from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import {
  AttributeManifestSchema,
  HandlerSchema,
  InstanceSchema,
  RuleSchema,
} from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import type { ConfigInput } from '../rules/config-input.ts';
import { type InstanceIndex, indexInstances } from '../workloads/instances.ts';
import { UNREALISED_KINDS } from './collections.ts';
import type { ConfigStore } from './store.ts';

/** What rules are made of. */
export function policyInput(store: ConfigStore): ConfigInput {
  return {
    manifests: store.all(ATTRIBUTE_MANIFEST.collection, AttributeManifestSchema),
    handlers: store.all(HANDLER.collection, HandlerSchema),
    instances: store.all(INSTANCE.collection, InstanceSchema),
    rules: store.all(RULE.collection, RuleSchema),
    quotaSpecs: store.all(QUOTA_SPEC.collection, QuotaSpecSchema),
    unrealised: UNREALISED_KINDS.flatMap(({ collection, schema }) => store.all(collection, schema)),
  };
}

/** Which workloads there are. */
export function knownInstances(store: ConfigStore): InstanceIndex {
  const [mesh] = store.all(MESH_CONFIG.collection, MeshConfigSchema);
  const trustDomain = mesh?.spec.trustDomain || DEFAULT_TRUST_DOMAIN;
  const entries = [SERVICE_ENTRY, SYNTHETIC_SERVICE_ENTRY].flatMap(({ collection }) =>
    store.all(collection, ServiceEntrySchema),
  );
  const services = entries.flatMap((entry) =>
    serviceEntryToServices(entry, { trustDomain, defaultExportTo: ['*'] }),
  );
  return indexInstances(services.filter(({ external }) => !external));
}
