import type { QuotaResult } from '../adapter.ts';

/** Remembers answers by id for at least a given time. */
export type Deduplicator = {
  recall(id: string, now: number): QuotaResult | undefined;
  remember(id: string, result: QuotaResult, now: number): void;
};

/** Two generations: the younger is filled, and every `minMs` it becomes the older one, which is then forgotten. */
export function deduplicator(minMs: number): Deduplicator {
  let young = new Map<string, QuotaResult>();
  let old = new Map<string, QuotaResult>();
  let since = Number.NEGATIVE_INFINITY;
  const turn = (now: number) => {
    if (now - since < minMs) return;
    old = now - since < 2 * minMs ? young : new Map();
    young = new Map();
    since = now;
  };
  return {
    recall: (id, now) => {
      turn(now);
      return young.get(id) ?? old.get(id);
    },
    remember: (id, result, now) => {
      turn(now);
      young.set(id, result);
    },
  };
}
