import { defineMetrics, type Instruments } from '@quintet/runtime';
import { ANALYSIS_METRICS } from './analysis/metrics.ts';
import { KUBE_METRICS } from './source/kube/kube-metrics.ts';

export { COLLECTION_METRICS } from './collection-metrics.ts';

/** Classic names where the classic metric exists. */
export const METRICS = defineMetrics({
  ...KUBE_METRICS,
  ...ANALYSIS_METRICS,
  mcpClients: {
    kind: 'upDownCounter',
    name: 'istio_mcp_clients_total',
    help: 'Streams that read configuration now.',
  },
  mcpMessageSizes: {
    kind: 'histogram',
    name: 'istio_mcp_message_sizes_bytes',
    help: 'Sizes of the responses sent.',
    labels: ['collection'],
    buckets: [1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  },
  mcpAcks: {
    kind: 'counter',
    name: 'istio_mcp_request_acks_total',
    help: 'Responses that readers acknowledged.',
    labels: ['collection'],
  },
  mcpNacks: {
    kind: 'counter',
    name: 'istio_mcp_request_nacks_total',
    help: 'Responses that readers refused.',
    labels: ['collection'],
  },
  mcpSendFailures: {
    kind: 'counter',
    name: 'istio_mcp_send_failures_total',
    help: 'Streams that ended because a reader did not take what was sent.',
    labels: ['code'],
  },
  mcpReceiveFailures: {
    kind: 'counter',
    name: 'istio_mcp_recv_failures_total',
    help: 'Streams that ended because a reader went without a word or sent what cannot be read.',
    labels: ['code'],
  },
  mcpReconnections: {
    kind: 'counter',
    name: 'istio_mcp_reconnections',
    help: 'Attempts to connect anew to a sink that is dialled or to a source.',
  },
  validationPassed: {
    kind: 'counter',
    name: 'galley_validation_passed',
    help: 'Objects that were found valid, by the webhook or when they were read after a change.',
    labels: ['group', 'version', 'resource'],
  },
  validationFailed: {
    kind: 'counter',
    name: 'galley_validation_failed',
    help: 'Objects that were found invalid or not judged, by the webhook or when their errors changed.',
    labels: ['group', 'version', 'resource', 'reason'],
  },
  validationHttpError: {
    kind: 'counter',
    name: 'galley_validation_http_error',
    help: 'Requests to the webhook that were answered with another status than 200.',
    labels: ['status'],
  },
  validationCertKeyUpdates: {
    kind: 'counter',
    name: 'galley_validation_cert_key_updates',
    help: 'Certificates that the webhook has come to show.',
  },
  validationCertKeyUpdateErrors: {
    kind: 'counter',
    name: 'galley_validation_cert_key_update_errors',
    help: 'Times that the files of the webhook held no certificate and its key.',
  },
  validationConfigLoad: {
    kind: 'counter',
    name: 'galley_validation_config_load',
    help: 'Readings of the registration of the webhook and of its roots.',
  },
  validationConfigLoadError: {
    kind: 'counter',
    name: 'galley_validation_config_load_error',
    help: 'Readings of the registration of the webhook that failed.',
  },
  validationConfigUpdates: {
    kind: 'counter',
    name: 'galley_validation_config_updates',
    help: 'Times that the registration of the webhook was created, changed or put right.',
  },
  validationConfigUpdateError: {
    kind: 'counter',
    name: 'galley_validation_config_update_error',
    help: 'Attempts to create or change the registration of the webhook that failed.',
    labels: ['reason'],
  },
  validationConfigDeleteError: {
    kind: 'counter',
    name: 'galley_validation_config_delete_error',
    help: 'Attempts to delete the registration of the webhook that failed.',
    labels: ['reason'],
  },
  statusWrites: {
    kind: 'counter',
    name: 'quintet_galley_status_writes_total',
    help: 'Writes of the status of objects, by result: `written`, `outdated`, `forbidden`, `failed`.',
    labels: ['result'],
  },
  strategyOnChange: {
    kind: 'counter',
    name: 'galley_runtime_strategy_on_change_total',
    help: 'Signs that objects of a source may have changed.',
  },
  strategyTimerResets: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_resets_total',
    help: 'Times that waiting for quiet began anew.',
  },
  strategyTimerQuiesceReached: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_quiesce_reached_total',
    help: 'Batches that were handed over because it was quiet.',
  },
  strategyTimerMaxTimeReached: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_max_time_reached_total',
    help: 'Batches that were handed over because the longest wait was over.',
  },
  eventsProcessed: {
    kind: 'counter',
    name: 'galley_runtime_processor_events_processed_total',
    help: 'Objects that were applied, rejected or removed.',
  },
  eventSpan: {
    kind: 'histogram',
    name: 'galley_runtime_processor_event_span_duration_milliseconds',
    help: 'How long nothing had come from any source when a batch came.',
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304],
  },
  takeOver: {
    kind: 'histogram',
    name: 'quintet_galley_take_over_milliseconds',
    help: 'How long it took to take over a batch of a source.',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000],
  },
  snapshotEvents: {
    kind: 'histogram',
    name: 'galley_runtime_processor_snapshot_events_total',
    help: 'Objects that were different, derived ones included, each time that something was handed out.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 16_384],
  },
  snapshotLifetime: {
    kind: 'histogram',
    name: 'galley_runtime_processor_snapshot_lifetime_duration_milliseconds',
    help: 'How long what was handed out stayed unchanged.',
    buckets: [10, 50, 100, 500, 1000, 5000, 10_000, 60_000, 300_000, 900_000, 3_600_000],
  },
  snapshotsPublished: {
    kind: 'counter',
    name: 'galley_runtime_processor_snapshots_published_total',
    help: 'Sets of objects handed out because something was different from before.',
  },
  typeInstances: {
    kind: 'gauge',
    name: 'galley_runtime_state_type_instances_total',
    help: 'Objects handed out.',
    labels: ['collection'],
  },
  quarantined: {
    kind: 'gauge',
    name: 'quintet_galley_quarantined_objects',
    help: 'Objects with errors: `held` have a last good version that is handed out, `rejected` have none.',
    labels: ['state'],
  },
});

/** Galley's instruments. */
export type GalleyMetrics = Instruments<typeof METRICS>;
