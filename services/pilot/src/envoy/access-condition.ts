import type { Condition, Junction } from '../plan/access-types.ts';

/** How one side of an RBAC policy, what is asked for or who asks, says things. */
export type ConditionSpelling<Fact, Message> = {
  readonly always: () => Message;
  /** Neither list is ever empty. */
  readonly all: (of: Message[]) => Message;
  readonly any: (of: Message[]) => Message;
  readonly not: (of: Message) => Message;
  readonly fact: (fact: Fact) => Message;
};

/** A condition as RBAC spells it, which knows no empty lists: `all` of nothing holds, `any` of nothing does not. */
export function spellCondition<Fact extends { readonly kind: string }, Message>(
  condition: Condition<Fact>,
  spelling: ConditionSpelling<Fact, Message>,
): Message {
  if (!isJunction(condition)) return spelling.fact(condition);
  const spell = (one: Condition<Fact>): Message => spellCondition(one, spelling);
  switch (condition.kind) {
    case 'always':
      return spelling.always();
    case 'all':
      return condition.of.length === 0 ? spelling.always() : spelling.all(condition.of.map(spell));
    case 'any':
      return condition.of.length === 0
        ? spelling.not(spelling.always())
        : spelling.any(condition.of.map(spell));
    case 'not':
      return spelling.not(spell(condition.of));
  }
}

const JUNCTIONS: ReadonlySet<string> = new Set<Junction<unknown>['kind']>(['always', 'all', 'any', 'not']);

function isJunction<Fact extends { readonly kind: string }>(
  condition: Condition<Fact>,
): condition is Junction<Fact> {
  return JUNCTIONS.has(condition.kind);
}
