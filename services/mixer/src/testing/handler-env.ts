import { type Clock, MeshError, silentLog } from '@quintet/runtime';
import { createManualClock } from '@quintet/runtime/testing';
import type { HandlerEnv } from '../adapters/adapter.ts';
import { createMetricRegistry } from '../adapters/prometheus/registry.ts';

/** What a handler may use, without an outside: time stands still and lists cannot be fetched. */
export function testEnv(parts: Partial<HandlerEnv> = {}): HandlerEnv {
  const clock: Clock = createManualClock();
  return {
    name: 'test.default',
    log: silentLog,
    clock,
    metrics: createMetricRegistry({ seriesBudget: 100 }),
    fetchList: () => Promise.reject(new MeshError('unavailable', 'no lists here')),
    openOutput: () => ({ write: () => {}, close: () => {} }),
    ...parts,
  };
}
