/**
 * Packages of Envoy's API v2 and where their messages are in v3, the longest first. The messages kept their names but
 * for the few of {@link RENAMED}.
 */
const PACKAGES: readonly (readonly [v2: RegExp, v3: string])[] = [
  [/^envoy\.config\.accesslog\.v2\.(?=FileAccessLog$)/, 'envoy.extensions.access_loggers.file.v3.'],
  [/^envoy\.config\.accesslog\.v2\./, 'envoy.extensions.access_loggers.grpc.v3.'],
  [/^envoy\.config\.filter\.accesslog\.v2\./, 'envoy.config.accesslog.v3.'],
  [
    /^envoy\.config\.filter\.(http|network|listener|udp|thrift|dubbo)\.(\w+)\.v\d+(?:alpha|beta)?\d*\./,
    'envoy.extensions.filters.$1.$2.v3.',
  ],
  [/^envoy\.config\.filter\.fault\.v2\./, 'envoy.extensions.filters.common.fault.v3.'],
  [/^envoy\.config\.filter\.(http|network)\.(\w+)\./, 'envoy.extensions.filters.$1.$2.v3.'],
  [
    /^envoy\.config\.transport_socket\.(\w+)\.v2(?:alpha|beta)?\d*\./,
    'envoy.extensions.transport_sockets.$1.v3.',
  ],
  [
    /^envoy\.config\.cluster\.(aggregate|dynamic_forward_proxy)\.v2(?:alpha)?\./,
    'envoy.extensions.clusters.$1.v3.',
  ],
  [/^envoy\.config\.cluster\.redis\./, 'envoy.extensions.clusters.redis.v3.'],
  [/^envoy\.config\.retry\.(omit_host_metadata)\.v2\./, 'envoy.extensions.retry.host.$1.v3.'],
  [/^envoy\.config\.retry\.previous_priorities\./, 'envoy.extensions.retry.priority.previous_priorities.v3.'],
  [/^envoy\.config\.resource_monitor\.(\w+)\.v2(?:alpha)?\./, 'envoy.extensions.resource_monitors.$1.v3.'],
  [/^envoy\.config\.(\w+)\.v\d+(?:alpha|beta)?\d*\./, 'envoy.config.$1.v3.'],
  [/^envoy\.api\.v2\.(auth)\./, 'envoy.extensions.transport_sockets.tls.v3.'],
  [/^envoy\.api\.v2\.(core|route|listener|cluster|endpoint)\./, 'envoy.config.$1.v3.'],
  [/^envoy\.api\.v2\.ratelimit\./, 'envoy.extensions.common.ratelimit.v3.'],
  [/^envoy\.api\.v2\.(?=ClusterLoadAssignment)/, 'envoy.config.endpoint.v3.'],
  [/^envoy\.api\.v2\.(?=Cluster|UpstreamBindConfig|LoadBalancingPolicy)/, 'envoy.config.cluster.v3.'],
  [/^envoy\.api\.v2\.(?=RouteConfiguration|ScopedRouteConfiguration|Vhds)/, 'envoy.config.route.v3.'],
  [/^envoy\.api\.v2\.(?=Listener)/, 'envoy.config.listener.v3.'],
  [/^envoy\.api\.v2\.(?=Discovery|DeltaDiscovery|Resource$)/, 'envoy.service.discovery.v3.'],
  [/^envoy\.(?:data\.(\w+))\.v2(?:alpha)?\./, 'envoy.data.$1.v3.'],
  [/^envoy\.service\.(\w+)\.v2(?:alpha)?\./, 'envoy.service.$1.v3.'],
  [/^envoy\.type\.(matcher|metadata\.v2|tracing\.v2)\.(?!v3)/, 'envoy.type.$1.v3.'],
  [/^envoy\.type\.(?=[A-Z])/, 'envoy.type.v3.'],
];

/** Messages with another name in v3. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  [
    'envoy.extensions.filters.http.rate_limit.v3.RateLimit',
    'envoy.extensions.filters.http.ratelimit.v3.RateLimit',
  ],
  [
    'envoy.extensions.filters.network.rate_limit.v3.RateLimit',
    'envoy.extensions.filters.network.ratelimit.v3.RateLimit',
  ],
  ['envoy.extensions.filters.http.gzip.v3.Gzip', 'envoy.extensions.compression.gzip.compressor.v3.Gzip'],
]);

/** The v3 name of a message of Envoy's API v2; undefined when `typeName` is none. */
export function v3TypeName(typeName: string): string | undefined {
  for (const [v2, v3] of PACKAGES) {
    if (!v2.test(typeName)) continue;
    const renamed = typeName.replace(v2, v3).replace(/\.(metadata|tracing)\.v2\.v3\./, '.$1.v3.');
    const current = RENAMED.get(renamed) ?? renamed;
    return current === typeName ? undefined : current;
  }
  return undefined;
}

/** An extension by its names in v2 and v3, and the message of its configuration. */
export type ExtensionRow = { readonly v2: string; readonly v3: string; readonly type: string };

const http = (v2: string, name: string, message: string): ExtensionRow => {
  return {
    v2,
    v3: `envoy.filters.http.${name}`,
    type: `envoy.extensions.filters.http.${name}.v3.${message}`,
  };
};
const network = (v2: string, name: string, message: string): ExtensionRow => {
  return {
    v2,
    v3: `envoy.filters.network.${name}`,
    type: `envoy.extensions.filters.network.${name}.v3.${message}`,
  };
};
const listener = (name: string, message: string): ExtensionRow => {
  const type = `envoy.extensions.filters.listener.${name}.v3.${message}`;
  return { v2: `envoy.listener.${name}`, v3: `envoy.filters.listener.${name}`, type };
};

/** Extensions that were renamed for v3. */
const HTTP_FILTERS: readonly ExtensionRow[] = [
  http('envoy.buffer', 'buffer', 'Buffer'),
  http('envoy.cors', 'cors', 'Cors'),
  http('envoy.csrf', 'csrf', 'CsrfPolicy'),
  http('envoy.ext_authz', 'ext_authz', 'ExtAuthz'),
  http('envoy.fault', 'fault', 'HTTPFault'),
  http('envoy.grpc_http1_bridge', 'grpc_http1_bridge', 'Config'),
  http('envoy.grpc_json_transcoder', 'grpc_json_transcoder', 'GrpcJsonTranscoder'),
  http('envoy.grpc_web', 'grpc_web', 'GrpcWeb'),
  http('envoy.gzip', 'compressor', 'Compressor'),
  http('envoy.health_check', 'health_check', 'HealthCheck'),
  http('envoy.ip_tagging', 'ip_tagging', 'IPTagging'),
  http('envoy.lua', 'lua', 'Lua'),
  http('envoy.rate_limit', 'ratelimit', 'RateLimit'),
  http('envoy.router', 'router', 'Router'),
];

const NETWORK_FILTERS: readonly ExtensionRow[] = [
  network('envoy.echo', 'echo', 'Echo'),
  network('envoy.ext_authz', 'ext_authz', 'ExtAuthz'),
  network('envoy.http_connection_manager', 'http_connection_manager', 'HttpConnectionManager'),
  network('envoy.mongo_proxy', 'mongo_proxy', 'MongoProxy'),
  network('envoy.ratelimit', 'ratelimit', 'RateLimit'),
  network('envoy.redis_proxy', 'redis_proxy', 'RedisProxy'),
  network('envoy.tcp_proxy', 'tcp_proxy', 'TcpProxy'),
];

const LISTENER_FILTERS: readonly ExtensionRow[] = [
  listener('http_inspector', 'HttpInspector'),
  listener('original_dst', 'OriginalDst'),
  listener('original_src', 'OriginalSrc'),
  listener('proxy_protocol', 'ProxyProtocol'),
  listener('tls_inspector', 'TlsInspector'),
];

const ACCESS_LOGS: readonly ExtensionRow[] = [
  {
    v2: 'envoy.file_access_log',
    v3: 'envoy.access_loggers.file',
    type: 'envoy.extensions.access_loggers.file.v3.FileAccessLog',
  },
  {
    v2: 'envoy.http_grpc_access_log',
    v3: 'envoy.access_loggers.http_grpc',
    type: 'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',
  },
  {
    v2: 'envoy.tcp_grpc_access_log',
    v3: 'envoy.access_loggers.tcp_grpc',
    type: 'envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig',
  },
];

const TRANSPORT_SOCKETS: readonly ExtensionRow[] = [
  {
    v2: 'tls',
    v3: 'envoy.transport_sockets.tls',
    type: 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
  },
  {
    v2: 'raw_buffer',
    v3: 'envoy.transport_sockets.raw_buffer',
    type: 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
  },
];

/** The message that holds such an extension, and the extensions there. */
const EXTENSIONS: ReadonlyMap<string, readonly ExtensionRow[]> = new Map([
  ['envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter', HTTP_FILTERS],
  ['envoy.config.listener.v3.Filter', NETWORK_FILTERS],
  ['envoy.config.listener.v3.ListenerFilter', LISTENER_FILTERS],
  ['envoy.config.accesslog.v3.AccessLog', ACCESS_LOGS],
  ['envoy.config.core.v3.TransportSocket', TRANSPORT_SOCKETS],
]);

/** The row of an extension, by its name in v2 or v3 and the message that holds it. */
export function extensionRow(holder: string, name: string): ExtensionRow | undefined {
  return EXTENSIONS.get(holder)?.find((row) => row.v2 === name || row.v3 === name);
}

/** Fields of v2 that v3 has no more, by the v3 name of their message, and what stands in for them. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ['envoy.config.cluster.v3.Cluster.hosts', 'load_assignment'],
  ['envoy.config.cluster.v3.Cluster.tls_context', 'transport_socket with UpstreamTlsContext'],
  ['envoy.config.cluster.v3.Cluster.extension_protocol_options', 'typed_extension_protocol_options'],
  ['envoy.config.cluster.v3.Cluster.drain_connections_on_host_removal', 'ignore_health_on_host_removal'],
  ['envoy.config.listener.v3.FilterChain.tls_context', 'transport_socket with DownstreamTlsContext'],
  ['envoy.config.route.v3.RouteMatch.regex', 'safe_regex'],
  ['envoy.config.route.v3.HeaderMatcher.regex_match', 'string_match with safe_regex'],
  ['envoy.config.route.v3.QueryParameterMatcher.value', 'string_match with exact'],
  ['envoy.config.route.v3.QueryParameterMatcher.regex', 'string_match with safe_regex'],
  ['envoy.config.route.v3.VirtualCluster.pattern', 'headers'],
  ['envoy.config.route.v3.VirtualCluster.method', 'headers'],
  ['envoy.config.route.v3.RouteAction.host_rewrite', 'host_rewrite_literal'],
  ['envoy.config.route.v3.RouteAction.auto_host_rewrite_header', 'host_rewrite_header'],
  ['envoy.config.route.v3.RouteAction.request_mirror_policy', 'request_mirror_policies'],
  ['envoy.config.route.v3.RouteAction.RequestMirrorPolicy.runtime_key', 'runtime_fraction'],
  ['envoy.config.route.v3.CorsPolicy.allow_origin', 'allow_origin_string_match'],
  ['envoy.config.route.v3.CorsPolicy.allow_origin_regex', 'allow_origin_string_match'],
  ['envoy.config.route.v3.CorsPolicy.enabled', 'filter_enabled'],
  ['envoy.config.route.v3.Route.per_filter_config', 'typed_per_filter_config'],
  ['envoy.config.route.v3.VirtualHost.per_filter_config', 'typed_per_filter_config'],
  ['envoy.config.route.v3.WeightedCluster.ClusterWeight.per_filter_config', 'typed_per_filter_config'],
  ['envoy.type.matcher.v3.StringMatcher.regex', 'safe_regex'],
  [
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.idle_timeout',
    'common_http_protocol_options.idle_timeout',
  ],
  [
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing.operation_name',
    'the traffic direction of the listener',
  ],
  [
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing.request_headers_for_tags',
    'custom_tags',
  ],
  [
    'envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext.verify_subject_alt_name',
    'match_typed_subject_alt_names',
  ],
]);

/** What stands in for a field of v2 that the v3 message `typeName` has no more; undefined for any other field. */
export function v3Field(typeName: string, field: string): string | undefined {
  const snake = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (snake === 'config' && EXTENSIONS.has(typeName)) return 'typed_config with "@type"';
  return FIELDS.get(`${typeName}.${snake}`);
}
