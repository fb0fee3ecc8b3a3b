import type { ConfigObject } from '../config-object.ts';
import type { Issue } from '../issue.ts';
import type { FieldState, KindTable, WholeKind } from './table.ts';
import { REALISATION } from './tables.ts';
import { unrealised } from './unrealised.ts';

/**
 * What an object restricts in a way that Quintet does not realise, each thing with its path: an error (QTT2002) for
 * those who would have to realise it and must refuse the object. Whoever judges validity uses {@link unrealised}.
 */
export function unrealisedRestrictions(object: ConfigObject): readonly Issue[] {
  if (!mayRestrict(object.kind)) return [];
  return unrealised(object).flatMap((issue): Issue[] =>
    issue.code === 'QTT2002' ? [{ ...issue, severity: 'error' }] : [],
  );
}

/** Whether objects of a kind can have anything that restricts access and is not realised. */
export function mayRestrict(kind: string): boolean {
  return RESTRICTING_KINDS.has(kind);
}

const RESTRICTING_KINDS: ReadonlySet<string> = new Set(
  [...REALISATION].flatMap(([kind, table]) => (hasRestriction(table) ? [kind] : [])),
);

function hasRestriction(table: KindTable | WholeKind): boolean {
  if ('whole' in table) return table.whole.restricts;
  const states = [...Object.values(table.messages), table.places ?? {}].flatMap((fields) =>
    Object.values(fields),
  );
  return states.some(restricts);
}

function restricts(state: FieldState): boolean {
  if (state === 'realised') return false;
  if ('reported' in state) return state.restricts;
  return Object.values(state.except).some((value) => value.restricts);
}
