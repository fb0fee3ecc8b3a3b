import { type Bag, Fault, type TrackingBag, trackReferences } from '@quintet/expr';
import { CHECK_DEFAULTS, type CheckResult } from '../adapters/adapter.ts';
import { CODES } from '../adapters/google-codes.ts';
import { namespaceOf } from '../attributes/namespaces.ts';
import type { RulePlan } from '../rules/table.ts';
import type { CheckOutcome, HeaderOperation } from './check-outcome.ts';
import type { DispatchEvents } from './dispatch-events.ts';
import { matchingRules } from './matching-rules.ts';
import type { RuntimeSnapshot } from './snapshot.ts';

/** What one handler (or the lack of one) says. */
type Answer = CheckResult & { readonly from: string };

/**
 * Asks every check action of the rules that the request meets. Any refusal refuses: the first one gives the code, all
 * give their messages; the outcome holds as long and as often as the shortest answer.
 */
export function check(snapshot: RuntimeSnapshot, bag: Bag, events: DispatchEvents): CheckOutcome {
  const tracked = trackReferences(bag);
  const rules = matchingRules(snapshot.rulesFor(namespaceOf(tracked)), tracked, events);
  const answers = rules.flatMap((rule) => answersOf(rule, snapshot, tracked, events));
  const refused = answers.filter(({ code }) => code !== CODES.ok);
  return {
    code: refused[0]?.code ?? CODES.ok,
    message: refused.map(({ from, message }) => `${from}:${message}`).join(', '),
    validDurationMs: Math.min(
      CHECK_DEFAULTS.validDurationMs,
      ...answers.map(({ validDurationMs }) => validDurationMs),
    ),
    validUseCount: Math.min(
      CHECK_DEFAULTS.validUseCount,
      ...answers.map(({ validUseCount }) => validUseCount),
    ),
    headerOperations: refused.length > 0 ? [] : rules.flatMap((rule) => headerOperations(rule, tracked)),
    references: tracked.references(),
  };
}

function answersOf(
  rule: RulePlan,
  snapshot: RuntimeSnapshot,
  bag: TrackingBag,
  events: DispatchEvents,
): Answer[] {
  const answers: Answer[] = rule.refusals
    .filter(({ variety }) => variety === 'check')
    .map(({ reason }) => refusal(rule.name, CODES.unavailable, reason));
  for (const { variety, handler: key, instances } of rule.actions) {
    if (variety !== 'check') continue;
    const live = snapshot.handlers.get(key);
    if (live?.handler.check === undefined) {
      answers.push(refusal(rule.name, CODES.unavailable, `handler ${key} is not available`));
      continue;
    }
    for (const instance of instances) {
      const value = instance.build(bag);
      if (value instanceof Fault) {
        events.instanceFault(instance.name, value);
        answers.push(refusal(live.name, CODES.internal, `${instance.name}: ${value.message}`));
        continue;
      }
      const { check: ask } = live.handler;
      answers.push(
        events.timed(live, 'check', () => ({ ...ask(value), from: live.name })) ??
          refusal(live.name, CODES.internal, 'the adapter failed'),
      );
    }
  }
  return answers;
}

/** An answer for want of a better one; it is asked for again the next time. */
function refusal(from: string, code: number, message: string): Answer {
  return { from, code, message, validDurationMs: 0, validUseCount: 0 };
}

/** Operations whose value has no value are left out. */
function headerOperations({ headerOperations: plans }: RulePlan, bag: Bag): HeaderOperation[] {
  return plans.flatMap(({ header, operation, name, values }): HeaderOperation[] => {
    if (operation === 'remove') return [{ header, operation, name, value: '' }];
    return values.flatMap((program) => {
      const value = program.evaluate(bag);
      return typeof value === 'string' ? [{ header, operation, name, value }] : [];
    });
  });
}
