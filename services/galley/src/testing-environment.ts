import { createMetrics, extendConfig, SERVICE_OPTIONS, silentLog, systemClock } from '@quintet/runtime';
import type { GalleyEnv } from './app.ts';
import { CONFIG } from './config.ts';

/** What galley is made with in a test: these flags, the real clock, no log. */
export function environment(argv: readonly string[]): GalleyEnv {
  const parsed = extendConfig(CONFIG, SERVICE_OPTIONS).parse('galley', { argv, env: {} });
  if (parsed.kind !== 'values') throw new Error(JSON.stringify(parsed));
  return {
    name: 'galley',
    version: 'test',
    instance: 'galley-test',
    config: parsed.values,
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    metrics: createMetrics(),
    shutdown: new AbortController().signal,
  };
}
