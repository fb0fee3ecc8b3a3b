import process from 'node:process';
import { defineMetrics } from './define-metrics.ts';
import type { Metrics } from './metrics.ts';

/** Metrics that every service has. */
export const RUNTIME_METRICS = defineMetrics({
  build: {
    name: 'istio_build',
    kind: 'gauge',
    help: 'The build of a component: always 1.',
    labels: ['component', 'tag'],
  },
  bugs: {
    name: 'quintet_bugs_total',
    kind: 'counter',
    help: 'Errors that nobody expected: each is a bug, with its cause in the log.',
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    kind: 'observableGauge',
    help: 'Resident memory size in bytes.',
  },
  cpu: {
    name: 'process_cpu_seconds_total',
    kind: 'observableCounter',
    help: 'Total user and system CPU time spent in seconds.',
  },
  startTime: {
    name: 'process_start_time_seconds',
    kind: 'observableGauge',
    help: 'Start time of the process since unix epoch in seconds.',
  },
  eventLoop: {
    name: 'quintet_event_loop_utilization',
    kind: 'observableGauge',
    help: 'Share of time in which the event loop was busy, since the last collection.',
  },
});

/** Makes them; returns how a bug is counted. */
export function recordRuntimeMetrics(
  metrics: Metrics,
  build: { readonly component: string; readonly tag: string },
): { countBug(): void } {
  const made = metrics.create(RUNTIME_METRICS);
  const start = Date.now() / 1000 - process.uptime();
  let last = performance.eventLoopUtilization();
  made.build.set(1, build);
  made.residentMemory.observe((report) => report(process.memoryUsage.rss()));
  made.cpu.observe((report) => {
    const { user, system } = process.cpuUsage();
    report((user + system) / 1e6);
  });
  made.startTime.observe((report) => report(start));
  made.eventLoop.observe((report) => {
    const now = performance.eventLoopUtilization();
    report(performance.eventLoopUtilization(now, last).utilization);
    last = now;
  });
  return { countBug: () => made.bugs.add(1) };
}
