import type { CitadelMetrics } from '../metrics.ts';
import type { TrustState } from './trust-state.ts';

/** Where one watcher of the trust bundle stands. */
export type Watcher = { readonly peer: string; nodeId: string; ackedHash: string; error: string };

/** All watchers, counted. */
export type Watchers = {
  readonly all: ReadonlySet<Watcher>;
  readonly add: (watcher: Watcher) => void;
  readonly remove: (watcher: Watcher) => void;
  /** To be called when a watcher has answered. */
  readonly changed: () => void;
};

/** Keeps the metrics true to the watchers and the present bundle. */
export function createWatchers(
  trust: TrustState,
  metrics: Pick<CitadelMetrics, 'trustWatchers' | 'trustWatchersBehind'>,
): Watchers {
  const all = new Set<Watcher>();
  const changed = () => {
    const { hash } = trust.current();
    metrics.trustWatchers.set(all.size);
    metrics.trustWatchersBehind.set([...all].filter(({ ackedHash }) => ackedHash !== hash).length);
  };
  trust.subscribe(changed);
  changed();
  return {
    all,
    changed,
    add(watcher) {
      all.add(watcher);
      changed();
    },
    remove(watcher) {
      all.delete(watcher);
      changed();
    },
  };
}
