import type { JsonObject } from '@bufbuild/protobuf';
import type { ResourceType } from '@quintet/kube';

const CORE = { group: '', version: 'v1', scope: 'namespace' } as const;

export const CONFIG_MAPS: ResourceType = { ...CORE, plural: 'configmaps', kind: 'ConfigMap' };
export const SECRETS: ResourceType = { ...CORE, plural: 'secrets', kind: 'Secret' };
export const SERVICES: ResourceType = { ...CORE, plural: 'services', kind: 'Service' };
export const SERVICE_ACCOUNTS: ResourceType = { ...CORE, plural: 'serviceaccounts', kind: 'ServiceAccount' };
export const ENDPOINT_SLICES: ResourceType = {
  ...CORE,
  group: 'discovery.k8s.io',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
};
export const NAMESPACES: ResourceType = {
  ...CORE,
  plural: 'namespaces',
  kind: 'Namespace',
  scope: 'cluster',
};
export const CRDS: ResourceType = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  scope: 'cluster',
};
export const REGISTRATIONS: ResourceType = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  scope: 'cluster',
};

/** A CustomResourceDefinition that takes anything in `spec`. */
export function crdOf({ group, version, plural, kind, scope }: ResourceType): JsonObject {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: scope === 'cluster' ? 'Cluster' : 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec: anything, status: anything } } },
          subresources: { status: {} },
        },
      ],
    },
  };
}
