import type { TrustBundle } from '@quintet/proto/quintet/trust/v1/trust_pb.js';

/** The present bundle, and who wants to hear of the next. */
export type TrustState = {
  readonly current: () => TrustBundle;
  /** Replaces the bundle and tells the subscribers. */
  readonly publish: (bundle: TrustBundle) => void;
  /** Calls back at each change; returns the end of it. */
  readonly subscribe: (changed: () => void) => () => void;
};

/** Holds a bundle. */
export function createTrustState(first: TrustBundle): TrustState {
  let bundle = first;
  const subscribers = new Set<() => void>();
  return {
    current: () => bundle,
    publish(next) {
      bundle = next;
      for (const changed of [...subscribers]) changed();
    },
    subscribe(changed) {
      subscribers.add(changed);
      return () => subscribers.delete(changed);
    },
  };
}
