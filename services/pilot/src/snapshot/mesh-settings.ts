import { DEFAULT_DOMAIN, DEFAULT_TRUST_DOMAIN, durationMillis } from '@quintet/model';
import {
  type MeshConfig,
  MeshConfig_AccessLogEncoding,
  MeshConfig_OutboundTrafficPolicy_Mode,
} from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { contentKey } from './content-key.ts';

/** What pilot needs of the mesh config, in plain data with classic defaults filled in. */
export type MeshSettings = {
  readonly key: string;
  /** DNS domain of the mesh's services, e.g. `cluster.local`. */
  readonly domain: string;
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly connectTimeoutMs: number;
  readonly keepalive?: { readonly probes?: number; readonly timeMs?: number; readonly intervalMs?: number };
  readonly detectionTimeoutMs: number;
  readonly dnsRefreshMs: number;
  readonly outbound: 'allow-any' | 'registry-only';
  readonly exportTo: {
    readonly services: readonly string[];
    readonly virtualServices: readonly string[];
    readonly destinationRules: readonly string[];
  };
  readonly autoMutualTls: boolean;
  readonly accessLog?: { readonly path: string; readonly json: boolean; readonly format: string };
  readonly tracing?: { readonly randomSampling: number };
  readonly mixer: MixerSettings;
  readonly statNames: { readonly inbound: string; readonly outbound: string };
  readonly ports: { readonly outbound: number; readonly inbound: number; readonly httpProxy: number };
  readonly locality: LocalitySettings;
};

export type MixerSettings = {
  /** `host:port` of the server asked for permission; absent: nobody is asked. */
  readonly checkServer?: string;
  readonly reportServer?: string;
  readonly checksDisabled: boolean;
  readonly clientSideChecks: boolean;
  readonly failOpen: boolean;
  readonly httpReportsDisabled: boolean;
};

export type LocalitySettings = {
  readonly distribute: readonly { readonly from: string; readonly to: Readonly<Record<string, number>> }[];
  readonly failover: readonly { readonly from: string; readonly to: string }[];
};

const OUTBOUND_PORT = 15001;
const INBOUND_PORT = 15006;
const CONNECT_TIMEOUT_MS = 1_000;
const DETECTION_TIMEOUT_MS = 100;
const DNS_REFRESH_MS = 5_000;
const DEFAULT_SAMPLING = 100;

/**
 * Reads a mesh config whose defaults have been filled in; what is still absent takes the classic built-in default.
 * `traceSampling` is a percentage for meshes that do not say one.
 */
export function meshSettings(
  config: MeshConfig,
  options: { readonly domain?: string; readonly traceSampling?: number } = {},
): MeshSettings {
  const settings: Omit<MeshSettings, 'key'> = {
    domain: options.domain ?? DEFAULT_DOMAIN,
    rootNamespace: config.rootNamespace || 'istio-system',
    trustDomain: config.trustDomain || DEFAULT_TRUST_DOMAIN,
    trustDomainAliases: [...config.trustDomainAliases],
    connectTimeoutMs: durationMillis(config.connectTimeout) || CONNECT_TIMEOUT_MS,
    ...keepaliveOf(config),
    detectionTimeoutMs: durationMillis(config.protocolDetectionTimeout) || DETECTION_TIMEOUT_MS,
    dnsRefreshMs: durationMillis(config.dnsRefreshRate) || DNS_REFRESH_MS,
    outbound: outboundOf(config),
    exportTo: {
      services: config.defaultServiceExportTo,
      virtualServices: config.defaultVirtualServiceExportTo,
      destinationRules: config.defaultDestinationRuleExportTo,
    },
    autoMutualTls: config.enableAutoMtls ?? false,
    ...accessLogOf(config),
    ...(config.enableTracing && {
      tracing: {
        randomSampling: options.traceSampling ?? DEFAULT_SAMPLING,
      },
    }),
    mixer: mixerOf(config),
    statNames: { inbound: config.inboundClusterStatName, outbound: config.outboundClusterStatName },
    ports: {
      outbound: config.proxyListenPort || OUTBOUND_PORT,
      inbound: INBOUND_PORT,
      httpProxy: config.proxyHttpPort,
    },
    locality: localityOf(config),
  };
  return { key: contentKey(settings), ...settings };
}

function keepaliveOf(config: MeshConfig): Pick<MeshSettings, 'keepalive'> {
  const keepalive = config.tcpKeepalive;
  if (!keepalive) return {};
  return {
    keepalive: {
      ...(keepalive.probes > 0 && { probes: keepalive.probes }),
      ...(keepalive.time && { timeMs: durationMillis(keepalive.time) }),
      ...(keepalive.interval && { intervalMs: durationMillis(keepalive.interval) }),
    },
  };
}

/** A mesh config without the policy allows everything; one that has it means what it says, REGISTRY_ONLY being 0. */
function outboundOf(config: MeshConfig): MeshSettings['outbound'] {
  const policy = config.outboundTrafficPolicy;
  if (!policy) return 'allow-any';
  return policy.mode === MeshConfig_OutboundTrafficPolicy_Mode.REGISTRY_ONLY ? 'registry-only' : 'allow-any';
}

function accessLogOf(config: MeshConfig): Pick<MeshSettings, 'accessLog'> {
  if (config.accessLogFile === '') return {};
  const json = config.accessLogEncoding === MeshConfig_AccessLogEncoding.JSON;
  return { accessLog: { path: config.accessLogFile, json, format: config.accessLogFormat } };
}

function mixerOf(config: MeshConfig): MixerSettings {
  return {
    ...(config.mixerCheckServer !== '' && { checkServer: config.mixerCheckServer }),
    ...(config.mixerReportServer !== '' && { reportServer: config.mixerReportServer }),
    checksDisabled: config.disablePolicyChecks,
    clientSideChecks: config.enableClientSidePolicyCheck,
    failOpen: config.policyCheckFailOpen,
    httpReportsDisabled: config.disableMixerHttpReports,
  };
}

function localityOf(config: MeshConfig): LocalitySettings {
  const setting = config.localityLbSetting;
  return {
    distribute: setting?.distribute.map(({ from, to }) => ({ from, to: { ...to } })) ?? [],
    failover: setting?.failover.map(({ from, to }) => ({ from, to })) ?? [],
  };
}
