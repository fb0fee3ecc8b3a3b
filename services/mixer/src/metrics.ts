import { defineMetrics, type Instruments } from '@quintet/runtime';

const DISPATCH_BUCKETS = [0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

const counter = <const N extends string>(name: N, help: string) => ({ kind: 'counter', name, help }) as const;
const gauge = <const N extends string>(name: N, help: string) => ({ kind: 'gauge', name, help }) as const;

/** Classic names. What rules make of traffic is not here: it has a registry and a port of its own. */
export const METRICS = defineMetrics({
  cacheHits: counter('mixer_checkcache_cache_hits_total', 'Checks answered from the cache.'),
  cacheMisses: counter('mixer_checkcache_cache_misses_total', 'Checks that had to be dispatched.'),
  cacheEvictions: counter('mixer_checkcache_cache_evictions_total', 'Answers forgotten for want of room.'),
  cacheWrites: counter('mixer_checkcache_cache_writes_total', 'Answers put into the cache.'),
  attributes: gauge('mixer_config_attributes_total', 'Known attributes.'),
  handlerConfigs: gauge('mixer_config_handler_configs_total', 'Handlers in the configuration.'),
  handlerErrors: gauge('mixer_config_handler_validation_error_total', 'Handlers with errors.'),
  instanceConfigs: gauge('mixer_config_instance_configs_total', 'Instances in the configuration.'),
  instanceErrors: gauge('mixer_config_instance_config_errors_total', 'Instances with errors.'),
  ruleConfigs: gauge('mixer_config_rule_configs_total', 'Rules in the configuration.'),
  ruleErrors: gauge('mixer_config_rule_config_errors_total', 'Rules with errors.'),
  matchErrors: gauge('mixer_config_rule_config_match_error_total', 'Rules whose match does not compile.'),
  unsatisfiedActions: gauge(
    'mixer_config_unsatisfied_action_handler_total',
    'Actions of rules that have no handler or no instance to work with.',
  ),
  newHandlers: counter('mixer_handler_new_handlers_total', 'Handlers built.'),
  reusedHandlers: counter(
    'mixer_handler_reused_handlers_total',
    'Handlers kept over a change of configuration.',
  ),
  closedHandlers: counter('mixer_handler_closed_handlers_total', 'Handlers closed.'),
  handlerBuildFailures: counter(
    'mixer_handler_handler_build_failures_total',
    'Handlers that could not be built.',
  ),
  handlerCloseFailures: counter(
    'mixer_handler_handler_close_failures_total',
    'Handlers that failed to close.',
  ),
  dispatches: {
    kind: 'counter',
    name: 'mixer_runtime_dispatches_total',
    help: 'Calls of adapters.',
    labels: ['adapter', 'handler', 'variety', 'error'],
  },
  dispatchDuration: {
    kind: 'histogram',
    name: 'mixer_runtime_dispatch_duration_seconds',
    help: 'How long adapters took.',
    labels: ['adapter', 'variety'],
    buckets: DISPATCH_BUCKETS,
  },
  matchFaults: counter(
    'mixer_runtime_match_faults_total',
    'Matches of rules that had no value for a request.',
  ),
  instanceFaults: counter(
    'mixer_runtime_instance_faults_total',
    'Instances that could not be made of a request.',
  ),
  throttled: {
    kind: 'counter',
    name: 'mixer_loadshedding_requests_throttled',
    help: 'Requests turned away (or that would have been) for overload.',
    labels: ['reason'],
  },
  checks: {
    kind: 'counter',
    name: 'mixer_checks_total',
    help: 'Questions answered, by edge and by the name of the google.rpc code.',
    labels: ['edge', 'code'],
  },
  reports: {
    kind: 'counter',
    name: 'mixer_reports_total',
    help: 'Reports received by edge.',
    labels: ['edge'],
  },
  droppedReports: counter('mixer_reports_dropped_total', 'Reports dropped for overload or a full queue.'),
  refusedReporters: {
    kind: 'counter',
    name: 'mixer_reporters_refused_total',
    help: 'Callers whose certificate does not speak for the workload they name.',
    labels: ['edge'],
  },
  series: {
    kind: 'observableGauge',
    name: 'mixer_prometheus_series',
    help: 'Series that the prometheus adapter keeps.',
  },
  droppedValues: {
    kind: 'observableCounter',
    name: 'mixer_prometheus_values_dropped_total',
    help: 'Values dropped because their metric had reached its budget of series.',
  },
});

export type MixerMetrics = Instruments<typeof METRICS>;
