import type { Located } from '../decode/located.ts';

const TRUST_DOMAIN = ['trustDomain', 'trust_domain'] as const;

/** An empty `trustDomain`, which the classic charts render when no value was given, means the default: it is left out. */
export function normaliseMeshConfig(config: Located): Located {
  if (config.kind !== 'map') return config;
  const empty = TRUST_DOMAIN.filter((field) => {
    const value = config.entries.get(field)?.value;
    return value?.kind === 'scalar' && value.value === '';
  });
  if (empty.length === 0) return config;
  const entries = new Map(config.entries);
  for (const field of empty) entries.delete(field);
  return { ...config, entries };
}
