import type { ClusterAccess } from '@quintet/kube';
import { createMetrics, type HealthResult, silentLog, systemClock } from '@quintet/runtime';
import { KUBE_METRICS } from '../source/kube/kube-metrics.ts';
import { createKubeSource, type KubeSourceOptions } from '../source/kube/kube-source.ts';
import type { SourceBatch, SourceItem } from '../store/source.ts';

export type { SourceBatch, SourceItem } from '../store/source.ts';

/** Galley's Kubernetes source alone, and what it handed over. */
export type KubernetesReader = {
  readonly batches: readonly SourceBatch[];
  /** What it has handed over and not removed, by source and key: `kube Gateway/shop/a`. */
  readonly items: ReadonlyMap<string, SourceItem>;
  health(): HealthResult;
  stop(): Promise<void>;
};

/** Starts the Kubernetes source with what a test needs, and without waiting for its first batch. */
export async function readKubernetes(
  access: ClusterAccess,
  options: Partial<KubeSourceOptions> = {},
): Promise<KubernetesReader> {
  const batches: SourceBatch[] = [];
  const items = new Map<string, SourceItem>();
  const source = createKubeSource({
    access,
    onBatch(batch) {
      batches.push(batch);
      for (const item of batch.put) items.set(`${batch.source} ${item.key}`, item);
      for (const key of batch.removed) items.delete(`${batch.source} ${key}`);
    },
    ...{ clock: systemClock, random: Math.random, log: silentLog, userAgent: 'quintet-galley/test' },
    metrics: createMetrics().create(KUBE_METRICS),
    ...{ serviceDiscovery: false, analysis: false, excluded: [], deploymentNamespace: 'istio-system' },
    ...{ remoteClusterWaitMs: 10_000, resyncMs: 0, quietMs: 5, maxMs: 100 },
    ...options,
  });
  await source.start?.();
  return {
    ...{ batches, items, health: source.health },
    stop: async () => source.stop?.(AbortSignal.timeout(5_000)),
  };
}
