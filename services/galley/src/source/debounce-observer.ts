import type { DebounceObserver } from '@quintet/files';
import type { GalleyMetrics } from '../metrics.ts';

/** What a source tells of its waiting for quiet. */
export function debounceObserver(metrics: GalleyMetrics): DebounceObserver {
  return {
    changed: () => metrics.strategyOnChange.add(1),
    reset: () => metrics.strategyTimerResets.add(1),
    fired: (why: 'quiet' | 'max') =>
      (why === 'quiet' ? metrics.strategyTimerQuiesceReached : metrics.strategyTimerMaxTimeReached).add(1),
  };
}
