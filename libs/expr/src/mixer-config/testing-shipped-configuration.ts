import { standardManifest } from '../vocabulary.ts';
import { mixerYaml } from './testing-config.ts';

const OR_UNKNOWN = '| "unknown"';

const WORKLOAD_LABELS = {
  reporter: 'conditional((context.reporter.kind | "inbound") == "outbound", "source", "destination")',
  source_app: `source.labels["app"] ${OR_UNKNOWN}`,
  source_principal: `source.principal ${OR_UNKNOWN}`,
  source_workload: `source.workload.name ${OR_UNKNOWN}`,
  source_workload_namespace: `source.workload.namespace ${OR_UNKNOWN}`,
  source_version: `source.labels["version"] ${OR_UNKNOWN}`,
  destination_app: `destination.labels["app"] ${OR_UNKNOWN}`,
  destination_principal: `destination.principal ${OR_UNKNOWN}`,
  destination_workload: `destination.workload.name ${OR_UNKNOWN}`,
  destination_workload_namespace: `destination.workload.namespace ${OR_UNKNOWN}`,
  destination_version: `destination.labels["version"] ${OR_UNKNOWN}`,
  destination_service: `destination.service.host | conditional((destination.service.name ${OR_UNKNOWN}) == "unknown", "unknown", request.host)`,
  destination_service_name: `destination.service.name ${OR_UNKNOWN}`,
  destination_service_namespace: `destination.service.namespace ${OR_UNKNOWN}`,
  connection_security_policy:
    'conditional((context.reporter.kind | "inbound") == "outbound", "unknown", conditional(connection.mtls | false, "mutual_tls", "none"))',
};

const HTTP_LABELS = {
  ...WORKLOAD_LABELS,
  request_protocol: `api.protocol | context.protocol ${OR_UNKNOWN}`,
  response_code: 'response.code | 200',
  response_flags: 'context.proxy_error_code | "-"',
  permissive_response_code: 'rbac.permissive.response_code | "none"',
  permissive_response_policyid: 'rbac.permissive.effective_policy_id | "none"',
};

const TCP_LABELS = { ...WORKLOAD_LABELS, response_flags: 'context.proxy_error_code | "-"' };

type Metric = {
  readonly name: string;
  readonly metric: string;
  readonly value: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: 'COUNTER' | 'DISTRIBUTION';
  readonly buckets?: unknown;
};

const BYTES = { exponentialBuckets: { numFiniteBuckets: 8, scale: 1, growthFactor: 10 } };
const SECONDS = { explicit_buckets: { bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] } };

const METRICS: readonly Metric[] = [
  { name: 'requestcount', metric: 'requests_total', value: '1', labels: HTTP_LABELS, kind: 'COUNTER' },
  {
    name: 'requestduration',
    metric: 'request_duration_seconds',
    value: 'response.duration | "0ms"',
    labels: HTTP_LABELS,
    kind: 'DISTRIBUTION',
    buckets: SECONDS,
  },
  {
    name: 'requestsize',
    metric: 'request_bytes',
    value: 'request.size | 0',
    labels: HTTP_LABELS,
    kind: 'DISTRIBUTION',
    buckets: BYTES,
  },
  {
    name: 'responsesize',
    metric: 'response_bytes',
    value: 'response.size | 0',
    labels: HTTP_LABELS,
    kind: 'DISTRIBUTION',
    buckets: BYTES,
  },
  {
    name: 'tcpbytesent',
    metric: 'tcp_sent_bytes_total',
    value: 'connection.sent.bytes | 0',
    labels: TCP_LABELS,
    kind: 'COUNTER',
  },
  {
    name: 'tcpbytereceived',
    metric: 'tcp_received_bytes_total',
    value: 'connection.received.bytes | 0',
    labels: TCP_LABELS,
    kind: 'COUNTER',
  },
  {
    name: 'tcpconnectionsopened',
    metric: 'tcp_connections_opened_total',
    value: '1',
    labels: TCP_LABELS,
    kind: 'COUNTER',
  },
  {
    name: 'tcpconnectionsclosed',
    metric: 'tcp_connections_closed_total',
    value: '1',
    labels: TCP_LABELS,
    kind: 'COUNTER',
  },
];

const LOG = {
  severity: '"Info"',
  timestamp: 'request.time',
  variables: {
    sourceIp: 'source.ip | ip("0.0.0.0")',
    destinationApp: 'destination.labels["app"] | ""',
    method: 'request.method | ""',
    url: 'request.path | ""',
    responseSize: 'response.size | 0',
    responseTimestamp: 'response.time',
    latency: 'response.duration | "0ms"',
    connectionMtls: 'connection.mtls | false',
    userAgent: 'request.useragent | ""',
  },
  monitored_resource_type: '"global"',
};

const side = (name: 'source' | 'destination'): Record<string, string> => ({
  [`${name}.uid`]: `$out.${name}_pod_uid | "unknown"`,
  [`${name}.ip`]: `$out.${name}_pod_ip | ip("0.0.0.0")`,
  [`${name}.labels`]: `$out.${name}_labels | emptyStringMap()`,
  [`${name}.name`]: `$out.${name}_pod_name | "unknown"`,
  [`${name}.namespace`]: `$out.${name}_namespace | "default"`,
  [`${name}.owner`]: `$out.${name}_owner | "unknown"`,
  [`${name}.serviceAccount`]: `$out.${name}_service_account_name | "unknown"`,
  [`${name}.workload.uid`]: `$out.${name}_workload_uid | "unknown"`,
  [`${name}.workload.name`]: `$out.${name}_workload_name | "unknown"`,
  [`${name}.workload.namespace`]: `$out.${name}_workload_namespace | "unknown"`,
});

const HTTP = '(context.protocol == "http" || context.protocol == "grpc")';
const NO_PROBE =
  '(match((request.useragent | "-"), "kube-probe*") == false) && (match((request.useragent | "-"), "Prometheus*") == false)';

const rule = (name: string, match: string, handler: string, instances: readonly string[]) =>
  mixerYaml('rule', name, { ...(match !== '' && { match }), actions: [{ handler, instances }] });

/** What the classic mesh installs for mixer (section 6.12 of what operators know), as documents. */
export const SHIPPED_CONFIGURATION: readonly string[] = [
  mixerYaml('attributemanifest', 'istioproxy', {
    attributes: Object.fromEntries([...standardManifest].map(([name, valueType]) => [name, { valueType }])),
  }),
  mixerYaml('handler', 'prometheus', {
    compiledAdapter: 'prometheus',
    params: {
      metricsExpirationPolicy: { metricsExpiryDuration: '10m' },
      metrics: METRICS.map(({ name, metric, labels, kind, buckets }) => ({
        name: metric,
        instance_name: `${name}.instance.istio-system`,
        kind,
        label_names: Object.keys(labels),
        ...(buckets !== undefined && { buckets }),
      })),
    },
  }),
  mixerYaml('handler', 'stdio', { compiledAdapter: 'stdio', params: { outputAsJson: true } }),
  mixerYaml('handler', 'kubernetesenv', { compiledAdapter: 'kubernetesenv', params: {} }),
  ...METRICS.map(({ name, value, labels }) =>
    mixerYaml('instance', name, {
      compiledTemplate: 'metric',
      params: { value, dimensions: labels, monitored_resource_type: '"UNSPECIFIED"' },
    }),
  ),
  mixerYaml('instance', 'accesslog', { compiledTemplate: 'logentry', params: LOG }),
  mixerYaml('instance', 'tcpaccesslog', {
    compiledTemplate: 'logentry',
    params: { ...LOG, timestamp: 'context.time | timestamp("2017-01-01T00:00:00Z")' },
  }),
  mixerYaml('instance', 'attributes', {
    compiledTemplate: 'kubernetes',
    params: {
      source_uid: 'source.uid | ""',
      source_ip: 'source.ip | ip("0.0.0.0")',
      destination_uid: 'destination.uid | ""',
      destination_port: 'destination.port | 0',
    },
    attributeBindings: {
      ...side('source'),
      ...side('destination'),
      'destination.container.name': '$out.destination_container_name | "unknown"',
    },
  }),
  rule('promhttp', `${HTTP} && ${NO_PROBE}`, 'prometheus', [
    'requestcount',
    'requestduration',
    'requestsize',
    'responsesize',
  ]),
  rule('promtcp', 'context.protocol == "tcp"', 'prometheus', ['tcpbytesent', 'tcpbytereceived']),
  rule(
    'promtcpconnectionopen',
    'context.protocol == "tcp" && ((connection.event | "na") == "open")',
    'prometheus',
    ['tcpconnectionsopened'],
  ),
  rule(
    'promtcpconnectionclosed',
    'context.protocol == "tcp" && ((connection.event | "na") == "close")',
    'prometheus',
    ['tcpconnectionsclosed'],
  ),
  rule('stdio', HTTP, 'stdio', ['accesslog.instance.istio-system']),
  rule('stdiotcp', 'context.protocol == "tcp"', 'stdio.istio-system', ['tcpaccesslog']),
  rule('kubeattrgenrulerule', '', 'kubernetesenv', ['attributes']),
  rule('tcpkubeattrgenrulerule', 'context.protocol == "tcp"', 'kubernetesenv', ['attributes']),
];
