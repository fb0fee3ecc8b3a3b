import { create, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import {
  type MeshConfig,
  MeshConfig_AccessLogEncoding,
  MeshConfig_IngressControllerMode,
  MeshConfig_OutboundTrafficPolicy_Mode,
  MeshConfigSchema,
} from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import {
  AuthenticationPolicy,
  ProxyConfigSchema,
} from '@quintet/proto/istio/mesh/v1alpha1/proxy_config_pb.js';
import { durationFromMillis } from './duration.ts';
import { DEFAULT_TRUST_DOMAIN } from './identity.ts';

/** The classic defaults of the proxy configuration. */
const PROXY_DEFAULTS = {
  configPath: '/etc/istio/proxy',
  binaryPath: '/usr/local/bin/envoy',
  serviceCluster: 'istio-proxy',
  drainDuration: durationFromMillis(45_000),
  parentShutdownDuration: durationFromMillis(60_000),
  discoveryAddress: 'istio-pilot:15010',
  connectTimeout: durationFromMillis(1000),
  proxyAdminPort: 15000,
  controlPlaneAuthPolicy: AuthenticationPolicy.NONE,
  statNameLength: 189,
} as const satisfies MessageInitShape<typeof ProxyConfigSchema>;

/** The classic defaults of the mesh configuration, the built-in ones and not those of a chart. */
const MESH_DEFAULTS = {
  disablePolicyChecks: true,
  proxyListenPort: 15001,
  connectTimeout: durationFromMillis(1000),
  protocolDetectionTimeout: durationFromMillis(100),
  ingressClass: 'istio',
  ingressService: 'istio-ingressgateway',
  ingressControllerMode: MeshConfig_IngressControllerMode.STRICT,
  enableTracing: true,
  accessLogFile: '/dev/stdout',
  accessLogEncoding: MeshConfig_AccessLogEncoding.TEXT,
  outboundTrafficPolicy: { mode: MeshConfig_OutboundTrafficPolicy_Mode.ALLOW_ANY },
  trustDomain: DEFAULT_TRUST_DOMAIN,
  defaultServiceExportTo: ['*'],
  defaultVirtualServiceExportTo: ['*'],
  defaultDestinationRuleExportTo: ['*'],
  rootNamespace: 'istio-system',
  dnsRefreshRate: durationFromMillis(5000),
  reportBatchMaxEntries: 100,
  reportBatchMaxTime: durationFromMillis(1000),
  enableAutoMtls: false,
} satisfies MessageInitShape<typeof MeshConfigSchema>;

/**
 * The mesh configuration with `written` over the classic defaults; `defaultConfig` is merged field by field. A field
 * that `written` names replaces the default, zero and false too. A new message at every call. What galley hands out
 * holds the defaults already and needs no merging.
 */
export function meshConfigWithDefaults(written: MessageInitShape<typeof MeshConfigSchema> = {}): MeshConfig {
  const defaultConfig = create(ProxyConfigSchema, PROXY_DEFAULTS);
  overlay(ProxyConfigSchema, defaultConfig, written.defaultConfig ?? {});
  const config = create(MeshConfigSchema, MESH_DEFAULTS);
  overlay(MeshConfigSchema, config, written);
  config.defaultConfig = defaultConfig;
  return config;
}

/** Sets every field of `message` that `written` names. */
function overlay<Desc extends DescMessage>(
  desc: Desc,
  message: MessageShape<Desc>,
  written: MessageInitShape<Desc>,
): void {
  const target = reflect(desc, message);
  const source = reflect(desc, create(desc, written));
  for (const field of desc.fields) {
    if (!Object.hasOwn(written, field.oneof?.localName ?? field.localName)) continue;
    const absent = field.fieldKind === 'message' || field.oneof !== undefined;
    if (!absent || source.isSet(field)) target.set(field, source.get(field));
  }
}
