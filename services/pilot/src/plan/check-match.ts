import { check, type Knowledge, parse, partialEvaluate, standardManifest } from '@quintet/expr';

/**
 * Tells whether a rule's match expression can hold for requests of which some attributes are known. Says no only when
 * it is sure: what cannot be read or is not known counts as yes.
 */
export type CanMatch = (match: string, known: ReadonlyMap<string, string>) => boolean;

/** Decides by partial evaluation of the mixer's expression language over the standard vocabulary. */
export const canMatchRule: CanMatch = (match, known) => {
  const parsed = parse(match);
  if (!parsed.ok || !check(parsed.value, standardManifest).ok) return true;
  const knowledge = (name: string): Knowledge => {
    const value = known.get(name);
    return value === undefined ? { known: 'nothing' } : { known: 'value', value };
  };
  return partialEvaluate(parsed.value, standardManifest, { knowledge }) !== 'false';
};
