import { defineMetrics } from '@quintet/runtime';

/** The bus as each service sees it. */
export const BUS_METRICS = defineMetrics({
  published: {
    name: 'quintet_bus_published_total',
    kind: 'counter',
    help: 'Messages given to the bus.',
    labels: ['subject'],
  },
  dropped: {
    name: 'quintet_bus_dropped_total',
    kind: 'counter',
    help: 'Messages not published because there was no connection, or not read because they were broken.',
    labels: ['subject'],
  },
  connected: {
    name: 'quintet_bus_connected',
    kind: 'gauge',
    help: 'Whether there is a connection to the bus.',
  },
});
