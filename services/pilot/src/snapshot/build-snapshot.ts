import type { ConfigObject } from '@quintet/model';
import { PolicySchema } from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import {
  QuotaSpecBindingSchema,
  QuotaSpecSchema,
} from '@quintet/proto/istio/mixer/v1/config/client/quota_pb.js';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { GatewaySchema } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { ServiceEntrySchema } from '@quintet/proto/istio/networking/v1alpha3/service_entry_pb.js';
import { SidecarSchema } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import { VirtualServiceSchema } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { InstanceSchema, RuleSchema } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { AuthorizationPolicySchema } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { buildAuthentication } from './authentication.ts';
import { buildAuthorization } from './authorization.ts';
import { buildCheckRules } from './check-rules.ts';
import { contentKey } from './content-key.ts';
import { buildDestinationRules } from './destination-rules.ts';
import { buildGateways } from './gateways.ts';
import { type MeshSettings, meshSettings } from './mesh-settings.ts';
import { type ObjectsByKind, objectsByKind, pickKind } from './pick-kind.ts';
import { buildQuotas } from './quotas.ts';
import { referenceIssues } from './reference-issues.ts';
import { reuse } from './reuse.ts';
import { buildRegistry } from './services.ts';
import { buildSidecars } from './sidecars.ts';
import type { Snapshot } from './types.ts';
import { buildVirtualServices } from './virtual-services.ts';

export type SnapshotInput = {
  /** Every configuration object pilot knows, service entries of both collections included, in any order. */
  readonly objects: Iterable<ConfigObject>;
  readonly meshConfig: MeshConfig;
  /** DNS domain of the mesh's own services; `cluster.local` when absent. */
  readonly domain?: string;
  /** Percentage of requests traced where the mesh config does not say; 100 when absent. */
  readonly traceSampling?: number;
  /** The snapshot before, whose unchanged parts are used again. */
  readonly previous?: Snapshot;
};

/** Indexes, merges and sorts all configuration. The order of the objects does not matter. */
export function buildSnapshot(input: SnapshotInput): Snapshot {
  const { previous } = input;
  const objects = objectsByKind(input.objects);
  const settings = meshSettings(input.meshConfig, input);
  const mesh = reuse(previous?.mesh, settings.key, () => settings);
  const networking = buildNetworking(objects, mesh, previous);
  const policies = buildPolicies(objects, mesh, previous);
  const references = reuse(
    previous?.references,
    contentKey([mesh.key, ...Object.values(networking.keys)]),
    (key) => ({
      key,
      issues: referenceIssues({
        ...networking.parts,
        services: networking.parts.registry.services,
        mesh,
      }),
    }),
  );
  return {
    mesh,
    ...networking.parts,
    ...policies,
    references,
    issues: [
      networking.parts.destinationRules,
      networking.parts.sidecars,
      policies.authentication,
      policies.quotas,
      references,
    ].flatMap((part) => part.issues),
  };
}

function buildNetworking(objects: ObjectsByKind, mesh: MeshSettings, previous: Snapshot | undefined) {
  const { domain } = mesh;
  const registry = buildRegistry({
    entries: pickKind(objects, ['SyntheticServiceEntry', 'ServiceEntry'], ServiceEntrySchema),
    defaultExportTo: mesh.exportTo.services,
    trustDomain: mesh.trustDomain,
    ...(previous && { previous: previous.registry }),
  });
  const virtualServices = buildVirtualServices({
    objects: pickKind(objects, 'VirtualService', VirtualServiceSchema),
    exportTo: mesh.exportTo.virtualServices,
    domain,
    ...(previous && { previous: previous.virtualServices }),
  });
  const destinationRules = buildDestinationRules({
    objects: pickKind(objects, 'DestinationRule', DestinationRuleSchema),
    exportTo: mesh.exportTo.destinationRules,
    domain,
    ...(previous && { previous: previous.destinationRules }),
  });
  const gateways = buildGateways(pickKind(objects, 'Gateway', GatewaySchema), previous?.gateways);
  const sidecars = buildSidecars(pickKind(objects, 'Sidecar', SidecarSchema), previous?.sidecars);
  return {
    parts: { registry, virtualServices, destinationRules, gateways, sidecars },
    keys: [registry.services.key, virtualServices.key, destinationRules.key, gateways.key],
  };
}

function buildPolicies(objects: ObjectsByKind, mesh: MeshSettings, previous: Snapshot | undefined) {
  const { domain } = mesh;
  return {
    authentication: buildAuthentication({
      policies: pickKind(objects, 'Policy', PolicySchema),
      meshPolicies: pickKind(objects, 'MeshPolicy', PolicySchema),
      domain,
      ...(previous && { previous: previous.authentication }),
    }),
    authorization: buildAuthorization(
      pickKind(objects, 'AuthorizationPolicy', AuthorizationPolicySchema),
      previous?.authorization,
    ),
    quotas: buildQuotas({
      specs: pickKind(objects, 'QuotaSpec', QuotaSpecSchema),
      bindings: pickKind(objects, 'QuotaSpecBinding', QuotaSpecBindingSchema),
      domain,
      ...(previous && { previous: previous.quotas }),
    }),
    checkRules: buildCheckRules({
      rules: pickKind(objects, 'rule', RuleSchema),
      instances: pickKind(objects, 'instance', InstanceSchema),
      ...(previous && { previous: previous.checkRules }),
    }),
  };
}
