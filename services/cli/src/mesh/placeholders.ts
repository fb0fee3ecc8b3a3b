/** What `${…}` in the command and environment of a workload may stand for. */
export const PLACEHOLDERS = ['node', 'samples', 'outbound'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

const PATTERN = /\$\{([^}]*)\}/g;

/** Puts values in the place of `${name}`; what is no placeholder stays. */
export function fillPlaceholders(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replaceAll(PATTERN, (whole, name: string) => {
    const known = PLACEHOLDERS.find((one) => one === name);
    return known === undefined ? whole : values[known];
  });
}

/** The names in `${…}` that stand for nothing. */
export function unknownPlaceholders(text: string): string[] {
  const names = [...text.matchAll(PATTERN)].map(([, name = '']) => name);
  return names.filter((name) => !PLACEHOLDERS.some((one) => one === name));
}
