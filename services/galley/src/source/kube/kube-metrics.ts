import type { ReflectorObserver } from '@quintet/kube';
import { defineMetrics, errorText, type Instruments, type Log } from '@quintet/runtime';

/** Metrics of the Kubernetes source; classic names where the classic metric exists. */
export const KUBE_METRICS = defineMetrics({
  kubeEventSuccess: {
    kind: 'counter',
    name: 'galley_source_kube_event_success_total',
    help: 'Changes that API servers told of.',
  },
  kubeEventError: {
    kind: 'counter',
    name: 'galley_source_kube_event_error_total',
    help: 'Lists and watches that failed.',
  },
  kubeRelists: {
    kind: 'counter',
    name: 'quintet_galley_source_kube_lists_total',
    help: 'Complete lists: first, because history was forgotten, because an audit found something, because a type was found.',
    labels: ['cluster', 'kind', 'reason'],
  },
  kubeStalled: {
    kind: 'counter',
    name: 'quintet_galley_source_kube_stalled_total',
    help: 'Watches that were silent for too long and were cut.',
  },
  kubeLost: {
    kind: 'counter',
    name: 'quintet_galley_source_kube_lost_total',
    help: 'Objects whose change a watch had lost and an audit found.',
  },
});

export type KubeMetrics = Instruments<typeof KUBE_METRICS>;

/** Counts what reflectors tell, and logs what an operator should know. */
export function observeReflectors(options: {
  readonly metrics: KubeMetrics;
  readonly log: Log;
  /** Empty for the local cluster. */
  readonly cluster: string;
}): ReflectorObserver {
  const { metrics, cluster } = options;
  const log = options.log.child({ cluster: cluster || 'local' });
  return {
    listed({ kind, objects, why }) {
      metrics.kubeRelists.add(1, { cluster, kind, reason: why });
      metrics.kubeEventSuccess.add(objects);
      log.debug({ kind, objects, why }, 'listed');
    },
    event: () => metrics.kubeEventSuccess.add(1),
    failed({ kind, error, waitMs }) {
      metrics.kubeEventError.add(1);
      log.warn(
        { kind, err: errorText(error), waitMs: Math.round(waitMs) },
        'the API server gave no answer or a refusal',
      );
    },
    stalled({ kind }) {
      metrics.kubeStalled.add(1);
      log.warn({ kind }, 'a watch was silent for too long: it is resumed');
    },
    lost({ kind, keys }) {
      metrics.kubeLost.add(keys.length);
      log.error(
        { kind, number: keys.length, some: keys.slice(0, 5) },
        'a watch had lost changes: all is listed again',
      );
    },
  };
}
