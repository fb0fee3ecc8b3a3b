import { defineMetrics, type Instruments } from '@quintet/runtime';

const SECONDS = [0.01, 0.1, 1, 3, 5, 10, 20, 30];

/** Classic names and labels; those of our own begin with `quintet_`. */
export const METRICS = defineMetrics({
  connected: { kind: 'gauge', name: 'pilot_xds', help: 'Proxies connected by xDS.' },
  services: { kind: 'gauge', name: 'pilot_services', help: 'Services known.' },
  virtualServices: { kind: 'gauge', name: 'pilot_virt_services', help: 'Virtual services known.' },
  pushes: {
    kind: 'counter',
    name: 'pilot_xds_pushes',
    help: 'Responses sent, by type of resource.',
    labels: ['type'],
  },
  pushTime: {
    kind: 'histogram',
    name: 'pilot_xds_push_time',
    help: 'Seconds from a response to its acknowledgement, by type of resource.',
    labels: ['type'],
    buckets: SECONDS,
  },
  convergenceTime: {
    kind: 'histogram',
    name: 'pilot_proxy_convergence_time',
    help: 'Seconds from a change of configuration to the acknowledgement of the last response it led to.',
    buckets: [0.1, 0.5, 1, 3, 5, 10, 20, 30],
  },
  cdsReject: reject('pilot_xds_cds_reject', 'clusters'),
  edsReject: reject('pilot_xds_eds_reject', 'endpoints'),
  ldsReject: reject('pilot_xds_lds_reject', 'listeners'),
  rdsReject: reject('pilot_xds_rds_reject', 'routes'),
  totalRejects: {
    kind: 'counter',
    name: 'pilot_total_xds_rejects',
    help: 'Responses that a proxy refused.',
  },
  internalErrors: {
    kind: 'counter',
    name: 'pilot_total_xds_internal_errors',
    help: 'Bugs: stages that threw. What was handed out before stays.',
  },
  staleNonces: {
    kind: 'counter',
    name: 'pilot_rds_expired_nonce',
    help: 'Requests that answered a response which was no longer the newest.',
  },
  inboundUpdates: {
    kind: 'counter',
    name: 'pilot_inbound_updates',
    help: 'Changes received, by type.',
    labels: ['type'],
  },
  buildTime: {
    kind: 'histogram',
    name: 'quintet_pilot_snapshot_seconds',
    help: 'Seconds it takes to index the configuration.',
    buckets: [0.001, 0.01, 0.1, 1, 10],
  },
  overdue: {
    kind: 'counter',
    name: 'quintet_pilot_ack_overdue_total',
    help: 'Times that a proxy did not have clusters ready in time and routes went out all the same.',
  },
  refusedStreams: {
    kind: 'counter',
    name: 'quintet_pilot_refused_streams_total',
    help: 'Streams turned away because of who asked or what they said of themselves.',
  },
  issues: {
    kind: 'gauge',
    name: 'quintet_pilot_issues',
    help: 'Issues of the configuration in use, by severity.',
    labels: ['severity'],
  },
});

function reject<const Name extends string>(name: Name, what: string) {
  const help = `1 while the proxy refuses ${what}, with the code of its error.`;
  return { kind: 'gauge', name, help, labels: ['node', 'err'] } as const;
}

/** The instruments of `METRICS`. */
export type PilotMetrics = Instruments<typeof METRICS>;
