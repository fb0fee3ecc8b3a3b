import { defineMetrics, type Instruments } from '@quintet/runtime';

/** Classic names for what is asked and answered; the rest is about the injector's own configuration. */
export const METRICS = defineMetrics({
  requests: {
    kind: 'counter',
    name: 'sidecar_injection_requests_total',
    help: 'Reviews received.',
  },
  successes: {
    kind: 'counter',
    name: 'sidecar_injection_success_total',
    help: 'Pods that got a sidecar.',
  },
  failures: {
    kind: 'counter',
    name: 'sidecar_injection_failure_total',
    help: 'Reviews that were refused or could not be answered.',
  },
  skips: {
    kind: 'counter',
    name: 'sidecar_injection_skip_total',
    help: 'Pods that were let in as they are.',
  },
  configLoads: {
    kind: 'counter',
    name: 'sidecar_injection_config_loads_total',
    help: 'Readings of changed configuration, by result (applied or rejected).',
    labels: ['result'],
  },
  configValid: {
    kind: 'gauge',
    name: 'sidecar_injection_config_valid',
    help: '1 when the configuration of the files is in use, 0 when an older one is because theirs is broken.',
  },
  certificateExpiry: {
    kind: 'gauge',
    name: 'sidecar_injection_cert_expiry_timestamp',
    help: 'End of the certificate of the webhook, seconds since 1970.',
  },
});

export type Metrics = Instruments<typeof METRICS>;
