import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { EnvoyFilterSchema } from '@quintet/proto/istio/networking/v1alpha3/envoy_filter_pb.js';
import { GatewaySchema } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { SidecarSchema } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import { VirtualServiceSchema } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { WorkloadEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/workload_pb.js';
import { validateDestinationRule } from '../validate/destination-rule.ts';
import { validateEnvoyFilter } from '../validate/envoy-filter.ts';
import { validateGateway } from '../validate/gateway.ts';
import { validateServiceEntry, validateSyntheticServiceEntry } from '../validate/service-entry.ts';
import { validateSidecar } from '../validate/sidecar.ts';
import { validateVirtualService } from '../validate/virtual-service.ts';
import { validateWorkloadEntry } from '../validate/workload-entry.ts';
import { defineKind } from './kind.ts';

const api = { group: 'networking.istio.io', versions: ['v1alpha3', 'v1beta1', 'v1'] } as const;

export const VIRTUAL_SERVICE = defineKind({
  ...api,
  kind: 'VirtualService',
  plural: 'virtualservices',
  shortNames: ['vs'],
  collection: 'istio/networking/v1alpha3/virtualservices',
  schema: VirtualServiceSchema,
  validate: validateVirtualService,
});

export const GATEWAY = defineKind({
  ...api,
  kind: 'Gateway',
  plural: 'gateways',
  shortNames: ['gw'],
  collection: 'istio/networking/v1alpha3/gateways',
  schema: GatewaySchema,
  validate: validateGateway,
});

export const DESTINATION_RULE = defineKind({
  ...api,
  kind: 'DestinationRule',
  plural: 'destinationrules',
  shortNames: ['dr'],
  collection: 'istio/networking/v1alpha3/destinationrules',
  schema: DestinationRuleSchema,
  validate: validateDestinationRule,
});

export const SERVICE_ENTRY = defineKind({
  ...api,
  kind: 'ServiceEntry',
  plural: 'serviceentries',
  shortNames: ['se'],
  collection: 'istio/networking/v1alpha3/serviceentries',
  schema: ServiceEntrySchema,
  validate: validateServiceEntry,
});

/** Services that galley finds in a platform, as service entries. */
export const SYNTHETIC_SERVICE_ENTRY = defineKind({
  ...api,
  kind: 'SyntheticServiceEntry',
  plural: 'syntheticserviceentries',
  collection: 'istio/networking/v1alpha3/synthetic/serviceentries',
  schema: ServiceEntrySchema,
  written: false,
  validate: validateSyntheticServiceEntry,
});

export const SIDECAR = defineKind({
  ...api,
  kind: 'Sidecar',
  plural: 'sidecars',
  collection: 'istio/networking/v1alpha3/sidecars',
  schema: SidecarSchema,
  validate: validateSidecar,
});

export const ENVOY_FILTER = defineKind({
  ...api,
  versions: ['v1alpha3'],
  kind: 'EnvoyFilter',
  plural: 'envoyfilters',
  collection: 'istio/networking/v1alpha3/envoyfilters',
  schema: EnvoyFilterSchema,
  validate: validateEnvoyFilter,
});

export const WORKLOAD_ENTRY = defineKind({
  ...api,
  kind: 'WorkloadEntry',
  plural: 'workloadentries',
  shortNames: ['we'],
  collection: 'istio/networking/v1alpha3/workloadentries',
  schema: WorkloadEntrySchema,
  validate: validateWorkloadEntry,
});
