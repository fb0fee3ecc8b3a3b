import type { Clock, Log } from '@quintet/runtime';
import { createFetchList } from './adapters/list/fetch-list.ts';
import type { MetricRegistry } from './adapters/prometheus/registry.ts';
import { openOutput } from './adapters/stdio/output.ts';
import type { MixerMetrics } from './metrics.ts';
import { createRuntime, type Runtime } from './runtime/runtime.ts';

/** The runtime with everything that handlers may use of the outside, told in metrics and log. */
export function createMixerRuntime(options: {
  readonly cacheSize: number;
  /** Networks from which lists are never fetched. */
  readonly deniedNetworks: readonly string[];
  readonly registry: MetricRegistry;
  readonly metrics: MixerMetrics;
  readonly log: Log;
  readonly clock: Clock;
}): Runtime {
  const { cacheSize, deniedNetworks, registry, metrics, log, clock } = options;
  const fetchList = createFetchList({ deny: deniedNetworks });
  return createRuntime({
    cacheSize,
    cacheEvents: {
      hit: () => metrics.cacheHits.add(1),
      miss: () => metrics.cacheMisses.add(1),
      write: () => metrics.cacheWrites.add(1),
      evict: () => metrics.cacheEvictions.add(1),
    },
    envFor: (name) => ({
      ...{ name, clock, fetchList, openOutput, metrics: registry },
      log: log.child({ handler: name }),
    }),
    events: {
      built: () => metrics.newHandlers.add(1),
      reused: () => metrics.reusedHandlers.add(1),
      closed: () => metrics.closedHandlers.add(1),
      buildFailed: (handler, error) => {
        metrics.handlerBuildFailures.add(1);
        log.error({ handler, err: error }, 'handler could not be built');
      },
      closeFailed: (handler, error) => {
        metrics.handlerCloseFailures.add(1);
        log.error({ handler, err: error }, 'handler could not be closed');
      },
    },
  });
}
