import type { StringMatch } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';

/** How a value is compared. */
export type TextRules = {
  /** Beginning that every value has: paths begin with `/`. */
  readonly always: string;
  /** Whether the wide match and the narrow one tell upper from lower case. */
  readonly wideFolds: boolean;
  readonly narrowFolds: boolean;
};

/** Values of headers and the like. */
export const PLAIN_TEXT: TextRules = { always: '', wideFolds: false, narrowFolds: false };

/**
 * True when every value that `narrow` matches, `wide` matches too. Absent matches take everything. Where regular
 * expressions are not equal nobody can tell, and the answer is no.
 */
export function coversText(
  wide: StringMatch | undefined,
  narrow: StringMatch | undefined,
  rules: TextRules,
): boolean {
  if (wide === undefined || matchesEverything(wide, rules)) return true;
  if (narrow === undefined || narrow.matchType.case === undefined) return false;
  if (rules.narrowFolds && !rules.wideFolds) return false;
  const fold = (text: string): string => (rules.wideFolds ? text.toLowerCase() : text);
  const { matchType: from } = wide;
  const { matchType: to } = narrow;
  switch (from.case) {
    case 'exact':
      return to.case === 'exact' && fold(from.value) === fold(to.value);
    case 'prefix':
      return to.case !== 'regex' && to.value !== undefined && fold(to.value).startsWith(fold(from.value));
    default:
      return to.case === 'regex' && from.value === to.value;
  }
}

/** True for a match that takes every value there can be; a match that says nothing asks for a value, whatever it is. */
function matchesEverything({ matchType }: StringMatch, { always }: TextRules): boolean {
  switch (matchType.case) {
    case undefined:
      return true;
    case 'prefix':
      return always.startsWith(matchType.value);
    case 'regex':
      return matchType.value === '.*' || matchType.value === `${always}.*`;
    default:
      return false;
  }
}
