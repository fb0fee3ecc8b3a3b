import type { Condition, OperationFact, SourceFact, TextMatch } from './access-types.ts';

/** A condition that nothing meets. */
export const NEVER = { kind: 'any', of: [] } as const;
/** A condition that everything meets. */
export const ALWAYS = { kind: 'always' } as const;

const SPIFFE = 'spiffe://';

/** A value of an authorization policy: `exact`, `prefix*`, `*suffix`, or `*` for anything that is not empty. */
export function valueMatch(value: string): TextMatch {
  if (value === '*') return { kind: 'present' };
  if (value.startsWith('*')) return { kind: 'suffix', value: value.slice(1) };
  if (value.endsWith('*')) return { kind: 'prefix', value: value.slice(0, -1) };
  return { kind: 'exact', value };
}

/**
 * A principal `<trust domain>/ns/<namespace>/sa/<account>`. The mesh's own trust domains stand for one another, so
 * that policies outlive the renaming of a trust domain.
 */
export function principalFacts(value: string, trustDomains: readonly string[]): readonly SourceFact[] {
  const match = valueMatch(value);
  if (match.kind === 'present' || match.kind === 'suffix') return [{ kind: 'principal', match }];
  return principalAliases(value, trustDomains).map((alias) => ({
    kind: 'principal',
    match: valueMatch(`${SPIFFE}${alias}`),
  }));
}

/** Any of the facts. */
export function anyOf<Fact extends SourceFact | OperationFact>(
  facts: readonly Condition<Fact>[],
): Condition<Fact> {
  const [only] = facts;
  return facts.length === 1 && only ? only : { kind: 'any', of: facts };
}

/** All of the conditions that restrict something. */
export function allOf<Fact extends SourceFact | OperationFact>(
  conditions: readonly (Condition<Fact> | undefined)[],
): Condition<Fact> {
  const restricting = conditions.filter((condition): condition is Condition<Fact> => condition !== undefined);
  const [only] = restricting;
  if (!only) return ALWAYS;
  return restricting.length === 1 ? only : { kind: 'all', of: restricting };
}

function principalAliases(value: string, trustDomains: readonly string[]): readonly string[] {
  const slash = value.indexOf('/');
  if (slash < 0 || !trustDomains.includes(value.slice(0, slash))) return [value];
  return trustDomains.map((domain) => domain + value.slice(slash));
}
