import type { CollectionChange } from '@quintet/mcp';
import { type Clock, type Component, errorText, type Log, type Timer } from '@quintet/runtime';
import type { ConfigStore } from './store.ts';

/** Collects changes until it is quiet, then has them taken over. */
export type ConfigUpdates = Component & {
  onChange(change: CollectionChange): void;
  /** Whether everything in the store is at work. */
  isSettled(): boolean;
};

export type ConfigUpdatesOptions = {
  readonly store: ConfigStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly quietMs: number;
  readonly maxMs: number;
  /** Settled when every collection had its first answer. */
  readonly complete: () => Promise<void>;
  readonly takeOver: (collections: ReadonlySet<string>) => void;
};

/**
 * Takes changes into the store at once and calls `takeOver` with the changed collections after `quietMs` without another
 * change, `maxMs` after the first at the latest, and not before `complete`.
 */
export function createConfigUpdates(options: ConfigUpdatesOptions): ConfigUpdates {
  const { store, clock, log, quietMs, maxMs, takeOver } = options;
  const changed = new Set<string>();
  let since: number | undefined;
  let timer: Timer | undefined;
  let complete = false;
  let stopped = false;
  const fire = () => {
    const collections = new Set(changed);
    changed.clear();
    since = undefined;
    try {
      takeOver(collections);
    } catch (error) {
      log.error(
        { err: error },
        `configuration cannot be taken over, the last one stays: ${errorText(error)}`,
      );
    }
  };
  const schedule = () => {
    if (!complete || stopped || changed.size === 0) return;
    const now = clock.monotonic();
    since ??= now;
    timer?.cancel();
    timer = clock.after(Math.min(quietMs, Math.max(0, since + maxMs - now)), fire);
  };
  return {
    name: 'config-updates',
    isSettled: () => changed.size === 0,
    onChange: (change) => {
      store.apply(change);
      changed.add(change.collection);
      schedule();
    },
    async start() {
      void options.complete().then(() => {
        complete = true;
        schedule();
      });
    },
    async stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
