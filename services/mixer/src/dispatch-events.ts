import type { Clock, Log } from '@quintet/runtime';
import type { MixerMetrics } from './metrics.ts';
import type { DispatchEvents } from './runtime/dispatch-events.ts';

/** What dispatching tells, as metrics and log lines. */
export function createDispatchEvents(options: {
  readonly metrics: MixerMetrics;
  readonly log: Log;
  readonly clock: Clock;
}): DispatchEvents {
  const { metrics, log, clock } = options;
  return {
    matchFault: (rule, { message }) => {
      metrics.matchFaults.add(1);
      log.debug({ rule, reason: message }, 'match has no value, the rule does not apply');
    },
    instanceFault: (instance, { message }) => {
      metrics.instanceFaults.add(1);
      log.debug({ instance, reason: message }, 'instance cannot be made of this request');
    },
    timed: ({ name, adapter }, variety, run) => {
      const start = clock.monotonic();
      let error = 'false';
      try {
        return run();
      } catch (thrown) {
        error = 'true';
        log.error({ err: thrown, handler: name, adapter, variety }, 'adapter failed');
        return undefined;
      } finally {
        metrics.dispatches.add(1, { adapter, handler: name, variety, error });
        metrics.dispatchDuration.record((clock.monotonic() - start) / 1000, { adapter, variety });
      }
    },
  };
}
