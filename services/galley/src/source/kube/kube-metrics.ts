import type { ReflectorObserver } from '@quintet/kube';
import type { Kind } from '@quintet/model';
import { defineMetrics, errorText, type Instruments, type Log } from '@quintet/runtime';
import type { ConfigItem } from '../../store/source.ts';

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
  kubeConverterSuccess: {
    kind: 'observableCounter',
    name: 'galley_source_kube_dynamic_converter_success_total',
    help: 'Objects of configuration that an API server gave and that were taken as they are.',
    labels: ['apiVersion', 'group', 'kind'],
  },
  kubeConverterFailure: {
    kind: 'observableCounter',
    name: 'galley_source_kube_dynamic_converter_failure_total',
    help: 'Objects of configuration that an API server gave and that are wrong, by the code of the first error.',
    labels: ['apiVersion', 'group', 'kind', 'error'],
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

type Conversion = {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  /** Empty when the object was taken. */
  readonly error: string;
};

/**
 * Counts the objects of configuration that are read: to be called once with the metrics, and then with each object. Tens
 * of thousands are read at a start, so that it counts by itself and tells when somebody asks.
 */
export function countConversions(metrics: KubeMetrics): (kind: Kind, item: ConfigItem) => void {
  const counts = new Map<string, { readonly of: Conversion; number: number }>();
  metrics.kubeConverterSuccess.observe((report) => {
    for (const { of, number } of counts.values()) {
      const { error, ...labels } = of;
      if (error === '') report(number, labels);
    }
  });
  metrics.kubeConverterFailure.observe((report) => {
    for (const { of, number } of counts.values()) if (of.error !== '') report(number, of);
  });
  return ({ group, kind }, { observed, object, issues }) => {
    const apiVersion = observed?.apiVersion.split('/').at(-1) ?? '';
    const error =
      object === undefined ? (issues.find(({ severity }) => severity === 'error')?.code ?? 'unknown') : '';
    const key = `${kind} ${apiVersion} ${error}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { of: { apiVersion, group, kind, error }, number: 1 });
    else known.number += 1;
  };
}

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
