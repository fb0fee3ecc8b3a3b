import type { Bus } from '@quintet/bus';
import type { ClusterAccess, KubeClient } from '@quintet/kube';
import { createMetrics, silentLog, systemClock } from '@quintet/runtime';
import { METRICS } from '../metrics.ts';
import { createStatus } from '../status/create-status.ts';
import { createConfigStore } from '../store/config-store.ts';
import type { ConfigChange } from '../store/entry.ts';
import { readKubernetes } from './read-kubernetes.ts';

export type StatusWriting = {
  readonly access: ClusterAccess;
  readonly client: KubeClient;
  /** The bus as galley has it. */
  readonly bus: Bus;
  /** What would be handed out. */
  readonly onChange: (changes: readonly ConfigChange[]) => void;
};

/** Galley without its ports: reads an API server and writes status. Answers what ends it. */
export async function writeStatus({
  access,
  client,
  bus,
  onChange,
}: StatusWriting): Promise<() => Promise<void>> {
  const store = createConfigStore({ sources: ['kube'], lastGood: [] });
  const status = createStatus({
    config: { writeStatus: true, statusWritesPerSecond: 100, deploymentNamespace: 'istio-system' },
    ...{ client, bus, clock: systemClock, log: silentLog, random: Math.random },
    entry: (key) => store.entries.get(key),
    instance: 'galley-test',
    metrics: createMetrics().create(METRICS),
  });
  const reader = await readKubernetes(access, {
    onBatch(batch) {
      onChange(store.take(batch).config);
      status.taken(batch);
    },
  });
  for (const component of status.components) await component.start?.();
  return async () => {
    for (const component of [...status.components].reverse())
      await component.stop?.(AbortSignal.timeout(2_000));
    await reader.stop();
  };
}
