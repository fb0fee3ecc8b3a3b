import { defineMetrics, type Instruments } from '@quintet/runtime';

/** Classic names where the classic metric exists. */
export const METRICS = defineMetrics({
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
  validationPassed: {
    kind: 'counter',
    name: 'galley_validation_passed',
    help: 'Objects that were found valid, each time they changed.',
    labels: ['group', 'version', 'resource'],
  },
  validationFailed: {
    kind: 'counter',
    name: 'galley_validation_failed',
    help: 'Objects that were found invalid, each time their errors changed.',
    labels: ['group', 'version', 'resource', 'reason'],
  },
  strategyOnChange: {
    kind: 'counter',
    name: 'galley_runtime_strategy_on_change_total',
    help: 'Signs that files may have changed.',
  },
  strategyTimerResets: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_resets_total',
    help: 'Times that waiting for quiet began anew.',
  },
  strategyTimerQuiesceReached: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_quiesce_reached_total',
    help: 'Readings that began because it was quiet.',
  },
  strategyTimerMaxTimeReached: {
    kind: 'counter',
    name: 'galley_runtime_strategy_timer_max_time_reached_total',
    help: 'Readings that began because the longest wait was over.',
  },
  eventsProcessed: {
    kind: 'counter',
    name: 'galley_runtime_processor_events_processed_total',
    help: 'Objects that were applied, rejected or removed.',
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
