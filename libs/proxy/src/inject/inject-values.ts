import type { JsonObject } from '@bufbuild/protobuf';
import { durationMillis, type Finding, MESH_CONFIG } from '@quintet/model';
import type { MeshConfig } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import {
  AuthenticationPolicy,
  type ProxyConfig,
  ProxyConfig_InboundInterceptionMode,
} from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import type { InterceptionMode } from '../node/proxy-node.ts';
import * as formats from './annotation-formats.ts';
import type { Capture } from './capture.ts';
import type { InjectionSettings, PilotPlace } from './settings.ts';
import { parseYamlMapping, type ValueReader, valueReader } from './value-reader.ts';

export type ReadSettings = {
  /** Undefined when there is an error among the findings. */
  readonly settings?: InjectionSettings;
  readonly findings: readonly Finding[];
};

const DEFAULT_IMAGE = 'envoyproxy/envoy:v1.40.0';
const DEFAULT_HUB = 'quintet';
const DEFAULT_TAG = '0.1.0';
const DEFAULT_INIT_IMAGE = 'proxy-init';
/** The classic default, which names no namespace and so leads nowhere from a pod: it stands for "not configured". */
const UNCONFIGURED_PILOT = 'istio-pilot:15010';
const PILOT_MTLS_PORT = 15_011;
const DEFAULT_RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } };
const DEFAULT_INIT_RESOURCES = {
  requests: { cpu: '10m', memory: '10Mi' },
  limits: { cpu: '100m', memory: '50Mi' },
};
const DEFAULT_SOCKET = 'unix:/var/run/sds/uds_path';

/**
 * The settings of the mesh for its sidecars: the classic values (key `values` of the ConfigMap
 * `istio-sidecar-injector`) and the mesh configuration. Values of other components are not looked at. Pure.
 */
export function readSettings(valuesText: string, mesh: MeshConfig): ReadSettings {
  const findings: Finding[] = [];
  const values = valueReader(parseYamlMapping(valuesText, findings), findings);
  const proxy = mesh.defaultConfig;
  if (proxy === undefined) throw new TypeError(`${MESH_CONFIG.kind} without its defaults`);
  const systemNamespace = values.text('global.istioNamespace', 'istio-system');
  const settings: InjectionSettings = {
    ...imageSettings(values),
    ...processSettings(values, proxy),
    ...healthSettings(values, proxy),
    capture: readCapture(values, mesh, proxy),
    pilot: pilotPlace(values, { systemNamespace, proxy, findings }),
    systemNamespace,
    trustDomain: mesh.trustDomain,
    clusterDomain: values.text('global.proxy.clusterDomain', 'cluster.local'),
    meshId: values.text('global.meshID', '') || proxy.meshId || mesh.trustDomain,
    clusterId: values.text('global.multiCluster.clusterName', '') || 'Kubernetes',
    network: values.text('global.network', ''),
    agentSocket: socketPath(values, mesh, findings),
    tokenAudience: values.text('global.sds.token.aud', 'istio-ca') || 'istio-ca',
    stats: {
      prefixes: proxy.proxyStatsMatcher?.inclusionPrefixes ?? [],
      suffixes: proxy.proxyStatsMatcher?.inclusionSuffixes ?? [],
      patterns: proxy.proxyStatsMatcher?.inclusionRegexps ?? [],
    },
    userVolumes: [],
    userMounts: [],
    proxyMetadata: proxy.proxyMetadata,
  };
  return findings.length > 0 ? { findings } : { settings, findings: [] };
}

function imageSettings(values: ValueReader) {
  const hub = values.text('global.hub', '') || DEFAULT_HUB;
  const tag = values.text('global.tag', '') || DEFAULT_TAG;
  /** A name without a slash is one of the mesh's own images. */
  const image = (name: string): string => (name.includes('/') ? name : `${hub}/${name}:${tag}`);
  return {
    image: image(values.formatted('global.proxy.image', formats.IMAGE_NAME, DEFAULT_IMAGE)),
    initImage: image(values.formatted('global.proxy_init.image', formats.IMAGE_NAME, DEFAULT_INIT_IMAGE)),
    imagePullPolicy: values.text('global.imagePullPolicy', ''),
    imagePullSecrets: values.texts('global.imagePullSecrets'),
    resources: values.object('global.proxy.resources') ?? (DEFAULT_RESOURCES satisfies JsonObject),
    initResources:
      values.object('global.proxy.init.resources') ?? (DEFAULT_INIT_RESOURCES satisfies JsonObject),
  };
}

function processSettings(values: ValueReader, proxy: ProxyConfig) {
  return {
    logLevel: values.formatted('global.proxy.logLevel', formats.LOG_LEVEL, 'warning'),
    componentLogLevel: values.formatted(
      'global.proxy.componentLogLevel',
      formats.COMPONENT_LOG_LEVELS,
      'misc:error',
    ),
    concurrency: values.number('global.proxy.concurrency', proxy.concurrency || 2),
    drainSeconds: Math.ceil((durationMillis(proxy.drainDuration) ?? 45_000) / 1000),
    adminPort: proxy.proxyAdminPort,
  };
}

function healthSettings(values: ValueReader, proxy: ProxyConfig) {
  return {
    statusPort: values.formatted('global.proxy.statusPort', formats.STATUS_PORT, proxy.statusPort || 15_021),
    readiness: {
      initialDelaySeconds: values.number('global.proxy.readinessInitialDelaySeconds', 1),
      periodSeconds: values.number('global.proxy.readinessPeriodSeconds', 2),
      failureThreshold: values.number('global.proxy.readinessFailureThreshold', 30),
    },
    rewriteProbes: values.bool('sidecarInjectorWebhook.rewriteAppHTTPProbe', true),
    holdApplication: proxy.holdApplicationUntilProxyStarts ?? true,
  };
}

const MODES: Readonly<Record<ProxyConfig_InboundInterceptionMode, InterceptionMode>> = {
  [ProxyConfig_InboundInterceptionMode.REDIRECT]: 'REDIRECT',
  [ProxyConfig_InboundInterceptionMode.TPROXY]: 'TPROXY',
  [ProxyConfig_InboundInterceptionMode.NONE]: 'NONE',
};

function readCapture(values: ValueReader, mesh: MeshConfig, proxy: ProxyConfig): Capture {
  const { RANGES, PORTS } = formats;
  return {
    mode: MODES[proxy.interceptionMode],
    includeOutboundRanges: values.formatted('global.proxy.includeIPRanges', formats.RANGES_OR_ALL, 'all'),
    excludeOutboundRanges: values.formatted('global.proxy.excludeIPRanges', RANGES, []),
    excludeOutboundPorts: values.formatted('global.proxy.excludeOutboundPorts', PORTS, []),
    includeInboundPorts: values.formatted('global.proxy.includeInboundPorts', formats.PORTS_OR_ALL, 'all'),
    excludeInboundPorts: values.formatted('global.proxy.excludeInboundPorts', PORTS, []),
    kubevirtInterfaces: values.formatted('global.proxy.kubevirtInterfaces', formats.INTERFACES, []),
    outboundPort: mesh.proxyListenPort,
  };
}

type PilotInput = {
  readonly systemNamespace: string;
  readonly proxy: ProxyConfig;
  readonly findings: Finding[];
};

/** Where pilot is: as the mesh configuration says, else its port with mutual TLS in the control plane's namespace. */
function pilotPlace(values: ValueReader, { systemNamespace, proxy, findings }: PilotInput): PilotPlace {
  const secured = values.bool('global.controlPlaneSecurityEnabled', false);
  const written = proxy.discoveryAddress;
  if (written === '' || written === UNCONFIGURED_PILOT) {
    return { address: `istio-pilot.${systemNamespace}.svc`, port: PILOT_MTLS_PORT, mutualTls: true };
  }
  const place = formats.HOST_PORT.parse(written);
  if (place === undefined) {
    const message = `expected ${formats.HOST_PORT.expected}, found "${written}"`;
    findings.push({ path: 'defaultConfig.discoveryAddress', message });
  }
  const mutualTls = secured || proxy.controlPlaneAuthPolicy === AuthenticationPolicy.MUTUAL_TLS;
  return { address: '', port: PILOT_MTLS_PORT, ...place, mutualTls };
}

function socketPath(values: ValueReader, mesh: MeshConfig, findings: Finding[]): string {
  const written = values.text('global.sds.udsPath', '') || mesh.sdsUdsPath || DEFAULT_SOCKET;
  const path = /^(?:unix:)?(\/(?:[^/\s]+\/)+[^/\s]+)$/.exec(written)?.[1];
  if (path === undefined) {
    const message = `expected unix:/folder/socket, found "${written}"`;
    findings.push({ path: 'global.sds.udsPath', message });
  }
  return path ?? '';
}
