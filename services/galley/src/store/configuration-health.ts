import type { HealthResult } from '@quintet/runtime';
import type { ConfigStore } from './config-store.ts';
import type { Source } from './source.ts';

/**
 * Failed until there was a first complete set, with what it waits for; afterwards degraded while a source is away or a
 * path cannot be read: what was handed out stays.
 */
export function configurationHealth(
  store: Pick<ConfigStore, 'missing' | 'entries'>,
  sources: readonly Pick<Source, 'name' | 'health'>[],
): HealthResult {
  const missing = store.missing();
  if (missing === undefined) return sources.map((source) => source.health()).find(isBad) ?? { state: 'ok' };
  const [resource] = missing.required;
  if (missing.sources.length === 0 && resource !== undefined) {
    const { kind, namespace, name } = resource;
    const file = store.entries.get(`${kind}/${namespace}/${name}`)?.origin.file ?? '';
    const detail = `${kind} ${file} is not valid and there is no earlier one`;
    return { state: 'failed', detail };
  }
  const [waiting] = sources.filter(({ name }) => missing.sources.includes(name));
  const detail = waiting?.health().detail ?? `waiting for ${missing.sources.join(', ')}`;
  return { state: 'failed', detail };
}

function isBad({ state }: HealthResult): boolean {
  return state !== 'ok';
}
