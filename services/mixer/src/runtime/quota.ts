import { type Bag, Fault, trackReferences } from '@quintet/expr';
import type { QuotaArgs, QuotaResult } from '../adapters/adapter.ts';
import { CODES } from '../adapters/google-codes.ts';
import { namespaceOf } from '../attributes/namespaces.ts';
import type { CompiledInstance } from '../templates/template.ts';
import type { QuotaOutcome } from './check-outcome.ts';
import type { DispatchEvents } from './dispatch-events.ts';
import { matchingRules } from './matching-rules.ts';
import type { LiveHandler, RuntimeSnapshot } from './snapshot.ts';

/** How long a grant holds that nobody limits: behaviour 6.2. */
const UNLIMITED_MS = 60_000;

export type QuotaQuestion = QuotaArgs & {
  /** The name of the instance, as a quota spec says it. */
  readonly name: string;
};

/** Asks for an amount of a quota. A quota that no matching rule handles is granted in full. */
export function allocate(
  snapshot: RuntimeSnapshot,
  bag: Bag,
  question: QuotaQuestion,
  events: DispatchEvents,
): QuotaOutcome {
  const tracked = trackReferences(bag);
  const rules = matchingRules(snapshot.rulesFor(namespaceOf(tracked)), tracked, events);
  const refused = rules.flatMap(({ refusals }) => refusals).find(({ variety }) => variety === 'quota');
  const outcome = (
    code: number,
    message: string,
    { grantedAmount, validDurationMs }: QuotaResult,
  ): QuotaOutcome => {
    return { code, message, grantedAmount, validDurationMs, references: tracked.references() };
  };
  if (refused !== undefined) return outcome(CODES.unavailable, refused.reason, NOTHING);
  let granted: QuotaResult | undefined;
  for (const { variety, handler: key, instances } of rules.flatMap(({ actions }) => actions)) {
    if (variety !== 'quota') continue;
    for (const instance of instances.filter(({ shortName }) => shortName === question.name)) {
      const result = askHandler(snapshot.handlers.get(key), instance, tracked, question, events);
      if ('problem' in result) return outcome(CODES.internal, result.problem, NOTHING);
      if (granted === undefined || result.grantedAmount < granted.grantedAmount) granted = result;
    }
  }
  return outcome(CODES.ok, '', granted ?? { grantedAmount: question.amount, validDurationMs: UNLIMITED_MS });
}

const NOTHING: QuotaResult = { grantedAmount: 0, validDurationMs: 0 };

function askHandler(
  live: LiveHandler | undefined,
  instance: CompiledInstance,
  bag: Bag,
  question: QuotaQuestion,
  events: DispatchEvents,
): QuotaResult | { readonly problem: string } {
  const ask = live?.handler.quota;
  if (live === undefined || ask === undefined) return { problem: `no handler for ${instance.name}` };
  const value = instance.build(bag);
  if (value instanceof Fault) {
    events.instanceFault(instance.name, value);
    return { problem: `${live.name}:${instance.name}: ${value.message}` };
  }
  const deduplicationId =
    question.deduplicationId === '' ? '' : `${question.deduplicationId}${question.name}`;
  return (
    events.timed(live, 'quota', () => ask(value, { ...question, deduplicationId })) ?? {
      problem: `${live.name}:the adapter failed`,
    }
  );
}
