import { LEGACY_MIXER_KINDS } from '../kinds/mixer.ts';
import { AUTHORIZATION_POLICY_FIELDS } from './authorization-policy.ts';
import { DESTINATION_RULE_FIELDS } from './destination-rule.ts';
import { GATEWAY_FIELDS } from './gateway.ts';
import { MESH_CONFIG_FIELDS } from './mesh-config.ts';
import { ATTRIBUTE_MANIFEST_FIELDS, HANDLER_FIELDS, INSTANCE_FIELDS, RULE_FIELDS } from './mixer.ts';
import { PEER_AUTHENTICATION_FIELDS } from './peer-authentication.ts';
import { MESH_POLICY_FIELDS, POLICY_FIELDS } from './policy.ts';
import { QUOTA_SPEC_BINDING_FIELDS, QUOTA_SPEC_FIELDS } from './quota.ts';
import { SERVICE_ENTRY_FIELDS } from './service-entry.ts';
import { SIDECAR_FIELDS } from './sidecar.ts';
import type { KindTable, WholeKind } from './table.ts';
import { VIRTUAL_SERVICE_FIELDS } from './virtual-service.ts';
import { legacyMixerKind, WHOLE_KINDS } from './whole-kinds.ts';

/** What is realised of each kind, by the kind's name. */
export const REALISATION: ReadonlyMap<string, KindTable | WholeKind> = new Map<string, KindTable | WholeKind>(
  [
    ['VirtualService', VIRTUAL_SERVICE_FIELDS],
    ['Gateway', GATEWAY_FIELDS],
    ['DestinationRule', DESTINATION_RULE_FIELDS],
    ['ServiceEntry', SERVICE_ENTRY_FIELDS],
    ['SyntheticServiceEntry', SERVICE_ENTRY_FIELDS],
    ['Sidecar', SIDECAR_FIELDS],
    ['Policy', POLICY_FIELDS],
    ['MeshPolicy', MESH_POLICY_FIELDS],
    ['AuthorizationPolicy', AUTHORIZATION_POLICY_FIELDS],
    ['PeerAuthentication', PEER_AUTHENTICATION_FIELDS],
    ['QuotaSpec', QUOTA_SPEC_FIELDS],
    ['QuotaSpecBinding', QUOTA_SPEC_BINDING_FIELDS],
    ['rule', RULE_FIELDS],
    ['handler', HANDLER_FIELDS],
    ['instance', INSTANCE_FIELDS],
    ['attributemanifest', ATTRIBUTE_MANIFEST_FIELDS],
    ['MeshConfig', MESH_CONFIG_FIELDS],
    ...Object.entries(WHOLE_KINDS),
    ...LEGACY_MIXER_KINDS.map(({ kind }): [string, WholeKind] => [kind, legacyMixerKind(kind)]),
  ],
);
