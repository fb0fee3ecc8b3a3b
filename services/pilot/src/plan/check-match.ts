import {
  check,
  hasType,
  type Knowledge,
  parse,
  partialEvaluate,
  standardManifest,
  type Value,
} from '@quintet/expr';

/**
 * Tells whether a rule's match expression can hold for requests of which some attributes are known. Says no only when
 * it is sure: what cannot be read or is not known counts as yes.
 */
export type CanMatch = (match: string, known: ReadonlyMap<string, Value>) => boolean;

/** Decides by partial evaluation of the mixer's expression language over the standard vocabulary. */
export const canMatchRule: CanMatch = (match, known) => {
  const parsed = parse(match);
  if (!parsed.ok || !check(parsed.value, standardManifest).ok) return true;
  const knowledge = (name: string): Knowledge => {
    const value = known.get(name);
    const type = standardManifest.get(name);
    const usable = value !== undefined && type !== undefined && hasType(value, type);
    return usable ? { known: 'value', value } : { known: 'nothing' };
  };
  return partialEvaluate(parsed.value, standardManifest, { knowledge }) !== 'false';
};
