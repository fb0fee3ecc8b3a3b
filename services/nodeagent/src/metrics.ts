import { defineMetrics, type Instruments } from '@quintet/runtime';

/** Classic names where the classic node agent has the metric. */
export const METRICS = defineMetrics({
  pushes: { kind: 'counter', name: 'total_pushes', help: 'Secrets sent to proxies.' },
  pushErrors: {
    kind: 'counter',
    name: 'total_push_errors',
    help: 'Secrets sent and not answered before the stream ended.',
  },
  activeConnections: {
    kind: 'observableGauge',
    name: 'total_active_connections',
    help: 'SDS streams that are open.',
  },
  staleConnections: {
    kind: 'counter',
    name: 'total_stale_connections',
    help: 'Streams ended because their token was refused or had expired.',
  },
  pendingPushes: {
    kind: 'observableGauge',
    name: 'pending_push_per_connection',
    help: 'Secrets sent on a stream and not yet answered; streams without any are left out.',
    labels: ['connection'],
  },
  updateFailures: {
    kind: 'counter',
    name: 'total_secret_update_failures',
    help: 'Secrets that proxies refused.',
  },
  outgoingRequests: { kind: 'counter', name: 'num_outgoing_requests', help: 'Requests to citadel.' },
  failedRequests: {
    kind: 'counter',
    name: 'num_failed_outgoing_requests',
    help: 'Requests to citadel that brought no certificate.',
  },
  retries: {
    kind: 'counter',
    name: 'num_outgoing_retries',
    help: 'Requests to citadel that have to be made again.',
  },
  latency: {
    kind: 'histogram',
    name: 'outgoing_latency',
    help: 'Time citadel took, milliseconds.',
    buckets: [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
  },
  workloads: {
    kind: 'observableGauge',
    name: 'nodeagent_workloads',
    help: 'Identities with a certificate on this node.',
  },
  nextExpiry: {
    kind: 'observableGauge',
    name: 'nodeagent_next_certificate_expiry_timestamp',
    help: 'End of the certificate that ends first, seconds since 1970.',
  },
  failingRenewals: {
    kind: 'observableGauge',
    name: 'nodeagent_failing_renewals',
    help: 'Identities whose certificate is due and could not be renewed.',
  },
  expired: {
    kind: 'counter',
    name: 'nodeagent_expired_certificates',
    help: 'Certificates that ended without a successor.',
  },
});

/** The instruments of `METRICS`. */
export type NodeagentMetrics = Instruments<typeof METRICS>;
