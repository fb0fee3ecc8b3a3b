import { type Bag, Fault } from '@quintet/expr';
import type { RulePlan } from '../rules/table.ts';
import type { DispatchEvents } from './dispatch-events.ts';

/** The rules whose match is true. One whose match has no value does not apply: behaviour 6.5. */
export function matchingRules(
  rules: readonly RulePlan[],
  bag: Bag,
  events: DispatchEvents,
): readonly RulePlan[] {
  return rules.filter(({ name, match }) => {
    if (match === undefined) return true;
    const value = match.evaluate(bag);
    if (value instanceof Fault) events.matchFault(name, value);
    return value === true;
  });
}
