import type { DebugPage } from '@quintet/runtime';
import type { ConfigStore } from './config-store/store.ts';
import type { Runtime } from './runtime/runtime.ts';
import type { Directory } from './workloads/directory.ts';

/** What the pages show. */
export type DebugSources = {
  readonly runtime: Runtime;
  readonly directory: Directory;
  readonly store: Pick<ConfigStore, 'objects'>;
  /** Whether everything in the store is at work. */
  readonly isSettled: () => boolean;
};

/** What an operator can look at: the configuration at work with its issues, and the workloads that are known. */
export function debugPages({ runtime, directory, store, isSettled }: DebugSources): readonly DebugPage[] {
  return [
    {
      path: '/debug/config',
      description: 'Counts and issues of the configuration, and the handlers at work.',
      show: () => {
        const snapshot = runtime.current();
        if (snapshot === undefined) return { state: 'no configuration yet' };
        const handlers = [...snapshot.handlers.values()].map(({ name, adapter }) => ({ name, adapter }));
        return { counts: snapshot.table.counts, issues: snapshot.table.issues, handlers };
      },
    },
    {
      path: '/debug/workloads',
      description: 'The workloads that telemetry and policy know by address.',
      show: () => [...directory.configured().values()],
    },
    {
      path: '/debug/configz',
      description: 'Every configuration object with its version, and whether all of them are at work.',
      show: () => ({
        settled: isSettled(),
        objects: [...store.objects()].map(({ kind, namespace, name, version }) => ({
          kind,
          namespace,
          name,
          version,
        })),
      }),
    },
  ];
}
