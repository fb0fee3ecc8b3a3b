import type { JsonObject } from '@bufbuild/protobuf';
import type { Finding } from '@quintet/model';
import type { InterceptionMode } from '../node/proxy-node.ts';
import type { AllOr, Format } from './annotation-formats.ts';
import * as formats from './annotation-formats.ts';
import { clip } from './json-shape.ts';

/** What a pod's annotations ask for, read; what they do not mention is undefined. */
export type PodWishes = {
  readonly proxyImage?: string | undefined;
  readonly proxyCpu?: string | undefined;
  readonly proxyMemory?: string | undefined;
  readonly logLevel?: string | undefined;
  readonly componentLogLevel?: string | undefined;
  readonly interceptionMode?: InterceptionMode | undefined;
  readonly discovery?: { readonly address: string; readonly port: number } | undefined;
  readonly controlPlaneAuth?: 'NONE' | 'MUTUAL_TLS' | undefined;
  readonly rewriteProbes?: boolean | undefined;
  readonly statsPrefixes?: readonly string[] | undefined;
  readonly statsSuffixes?: readonly string[] | undefined;
  readonly statsPatterns?: readonly string[] | undefined;
  readonly userVolumes?: readonly JsonObject[] | undefined;
  readonly userMounts?: readonly JsonObject[] | undefined;
  /** 0 is no port for health. */
  readonly statusPort?: number | undefined;
  readonly readinessInitialDelay?: number | undefined;
  readonly readinessPeriod?: number | undefined;
  readonly readinessFailures?: number | undefined;
  readonly includeOutboundRanges?: AllOr<string> | undefined;
  readonly excludeOutboundRanges?: readonly string[] | undefined;
  readonly excludeOutboundPorts?: readonly number[] | undefined;
  readonly includeInboundPorts?: AllOr<number> | undefined;
  readonly excludeInboundPorts?: readonly number[] | undefined;
  readonly kubevirtInterfaces?: readonly string[] | undefined;
};

/** The wishes, what is wrong with them, and what of them has no effect. */
export type ReadAnnotations = {
  readonly wishes: PodWishes;
  /** Each names annotation, found and expected. A pod with any of them is not let in. */
  readonly findings: readonly Finding[];
  /** Accepted and not realised. */
  readonly notices: readonly Finding[];
};

type Annotations = Readonly<Record<string, string>>;

/** Annotations that pilot reads: they travel in the node metadata under their own names. */
export const POLICY_ANNOTATIONS: Readonly<Record<string, Format<unknown>>> = {
  'policy.istio.io/check': formats.CHECK_SWITCH,
  'policy.istio.io/checkRetries': formats.UINT32,
  'policy.istio.io/checkBaseRetryWaitTime': formats.DURATION,
  'policy.istio.io/checkMaxRetryWaitTime': formats.DURATION,
  'policy.istio.io/lang': formats.POLICY_LANGUAGE,
};

/** Classic annotations that this sidecar has no use for, and why. */
const WITHOUT_EFFECT: Readonly<Record<string, { readonly format: Format<unknown>; readonly why: string }>> = {
  'sidecar.istio.io/bootstrapOverride': {
    format: formats.CONFIG_MAP_NAME,
    why: 'the bootstrap of the proxy cannot be overridden',
  },
  'readiness.status.sidecar.istio.io/applicationPorts': {
    format: formats.PORTS,
    why: 'the proxy is ready when it has its configuration, whatever its ports',
  },
};

/** Reads the classic annotations of a pod. Those of others are not looked at. */
export function readAnnotations(annotations: Annotations): ReadAnnotations {
  const findings: Finding[] = [];
  const read = reader(annotations, findings);
  const wishes = { ...proxyWishes(read), ...captureWishes(read) };
  for (const [name, format] of Object.entries(POLICY_ANNOTATIONS)) read(name, format);
  const notices: Finding[] = [];
  for (const [name, { format, why }] of Object.entries(WITHOUT_EFFECT)) {
    if (read(name, format) !== undefined) notices.push({ code: 'QTT2001', path: pathOf(name), message: why });
  }
  return { wishes, findings, notices };
}

type Read = <T>(
  name: string,
  format: Format<T>,
  options?: { readonly emptyCounts: boolean },
) => T | undefined;

/** An empty text is no wish, but for lists in which it means nothing at all. */
function reader(annotations: Annotations, findings: Finding[]): Read {
  return (name, format, options) => {
    const text = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (text === undefined || (text === '' && options?.emptyCounts !== true)) return undefined;
    const value = format.parse(text);
    if (value === undefined)
      findings.push({ path: pathOf(name), message: `found "${clip(text)}", expected ${format.expected}` });
    return value;
  };
}

function proxyWishes(read: Read): PodWishes {
  const { TEXTS, UINT32 } = formats;
  return {
    proxyImage: read('sidecar.istio.io/proxyImage', formats.IMAGE_NAME),
    proxyCpu: read('sidecar.istio.io/proxyCPU', formats.RESOURCE_QUANTITY),
    proxyMemory: read('sidecar.istio.io/proxyMemory', formats.RESOURCE_QUANTITY),
    logLevel: read('sidecar.istio.io/logLevel', formats.LOG_LEVEL),
    componentLogLevel: read('sidecar.istio.io/componentLogLevel', formats.COMPONENT_LOG_LEVELS),
    interceptionMode: read('sidecar.istio.io/interceptionMode', formats.INTERCEPTION_MODE),
    discovery: read('sidecar.istio.io/discoveryAddress', formats.HOST_PORT),
    controlPlaneAuth: read('sidecar.istio.io/controlPlaneAuthPolicy', formats.CONTROL_PLANE_AUTH),
    rewriteProbes: read('sidecar.istio.io/rewriteAppHTTPProbers', formats.BOOL),
    statsPrefixes: read('sidecar.istio.io/statsInclusionPrefixes', TEXTS),
    statsSuffixes: read('sidecar.istio.io/statsInclusionSuffixes', TEXTS),
    statsPatterns: read('sidecar.istio.io/statsInclusionRegexps', formats.PATTERNS),
    userVolumes: read('sidecar.istio.io/userVolume', formats.NAMED_OBJECTS),
    userMounts: read('sidecar.istio.io/userVolumeMount', formats.NAMED_OBJECTS),
    statusPort: read('status.sidecar.istio.io/port', formats.STATUS_PORT),
    readinessInitialDelay: read('readiness.status.sidecar.istio.io/initialDelaySeconds', UINT32),
    readinessPeriod: read('readiness.status.sidecar.istio.io/periodSeconds', UINT32),
    readinessFailures: read('readiness.status.sidecar.istio.io/failureThreshold', UINT32),
  };
}

function captureWishes(read: Read): PodWishes {
  const { PORTS, RANGES_OR_ALL, PORTS_OR_ALL } = formats;
  const emptyCounts = { emptyCounts: true };
  return {
    includeOutboundRanges: read(
      'traffic.sidecar.istio.io/includeOutboundIPRanges',
      RANGES_OR_ALL,
      emptyCounts,
    ),
    excludeOutboundRanges: read(
      'traffic.sidecar.istio.io/excludeOutboundIPRanges',
      formats.RANGES,
      emptyCounts,
    ),
    excludeOutboundPorts: read('traffic.sidecar.istio.io/excludeOutboundPorts', PORTS, emptyCounts),
    includeInboundPorts: read('traffic.sidecar.istio.io/includeInboundPorts', PORTS_OR_ALL, emptyCounts),
    excludeInboundPorts: read('traffic.sidecar.istio.io/excludeInboundPorts', PORTS, emptyCounts),
    kubevirtInterfaces: read('traffic.sidecar.istio.io/kubevirtInterfaces', formats.INTERFACES, emptyCounts),
  };
}

function pathOf(name: string): string {
  return `metadata.annotations["${name}"]`;
}
