import type { NativeKind } from '../../native/native-object.ts';

/** Where an annotation has a meaning. */
export type AnnotationPlaces = readonly NativeKind[] | 'any';

const POD: readonly NativeKind[] = ['Pod'];
const SERVICE: readonly NativeKind[] = ['Service'];

const rows: readonly (readonly [prefix: string, names: readonly string[], places: AnnotationPlaces])[] = [
  [
    'sidecar.istio.io',
    [
      'inject',
      'status',
      'rewriteAppHTTPProbers',
      'controlPlaneAuthPolicy',
      'discoveryAddress',
      'proxyImage',
      'proxyCPU',
      'proxyMemory',
      'interceptionMode',
      'bootstrapOverride',
      'statsInclusionPrefixes',
      'statsInclusionSuffixes',
      'statsInclusionRegexps',
      'userVolume',
      'userVolumeMount',
      'logLevel',
      'componentLogLevel',
    ],
    POD,
  ],
  ['status.sidecar.istio.io', ['port'], POD],
  [
    'readiness.status.sidecar.istio.io',
    ['initialDelaySeconds', 'periodSeconds', 'failureThreshold', 'applicationPorts'],
    POD,
  ],
  [
    'traffic.sidecar.istio.io',
    [
      'includeOutboundIPRanges',
      'excludeOutboundIPRanges',
      'includeInboundPorts',
      'excludeInboundPorts',
      'excludeOutboundPorts',
      'kubevirtInterfaces',
    ],
    POD,
  ],
  [
    'policy.istio.io',
    ['check', 'checkRetries', 'checkBaseRetryWaitTime', 'checkMaxRetryWaitTime', 'lang'],
    POD,
  ],
  ['alpha.istio.io', ['identity'], POD],
  ['alpha.istio.io', ['canonical-serviceaccounts', 'kubernetes-serviceaccounts'], SERVICE],
  ['networking.istio.io', ['exportTo'], SERVICE],
  ['networking.alpha.istio.io', ['serviceVersion', 'endpointsVersion', 'notReadyEndpoints'], SERVICE],
  ['kubernetes.io', ['ingress.class'], ['Ingress']],
  ['security.istio.io', ['autoMTLS'], POD],
  ['install.operator.istio.io', ['chart-owner', 'owner-generation', 'version'], 'any'],
];

/** The annotations of the classic mesh, by name, and the kinds that they have a meaning for. */
export const KNOWN_ANNOTATIONS: ReadonlyMap<string, AnnotationPlaces> = new Map(
  rows.flatMap(([prefix, names, places]) =>
    names.map((name): [string, AnnotationPlaces] => [`${prefix}/${name}`, places]),
  ),
);

/** True for names in the mesh's own domain: all of them should be known. */
export function isMeshAnnotation(name: string): boolean {
  const [domain = '', rest] = name.split('/');
  return rest !== undefined && (domain === 'istio.io' || domain.endsWith('.istio.io'));
}
