import type { Bag } from '@quintet/expr';
import { type Clock, MeshError } from '@quintet/runtime';
import type { Charge } from '../quotas/quota-specs.ts';
import { check } from './check.ts';
import type { CheckOutcome, QuotaOutcome } from './check-outcome.ts';
import type { DispatchEvents } from './dispatch-events.ts';
import { allocate, type QuotaQuestion } from './quota.ts';
import { report } from './report.ts';
import type { Runtime } from './runtime.ts';
import type { RuntimeSnapshot } from './snapshot.ts';

/** What edges ask: always of the snapshot in use at that moment. */
export type Engine = {
  /** Asks the rules, or takes the answer of an earlier request with the same referenced attributes. */
  check(bag: Bag): CheckOutcome;
  /** What a request costs by the named quota specs. */
  chargesFor(specs: readonly string[], bag: Bag): readonly Charge[];
  allocate(bag: Bag, question: QuotaQuestion): QuotaOutcome;
  report(bags: readonly Bag[]): void;
};

/** An engine over a runtime; without a first configuration every question fails with `unavailable`. */
export function createEngine(options: {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly events: DispatchEvents;
}): Engine {
  const { runtime, clock, events } = options;
  const current = (): RuntimeSnapshot => {
    const snapshot = runtime.current();
    if (snapshot === undefined) throw new MeshError('unavailable', 'mixer has no configuration yet');
    return snapshot;
  };
  return {
    check: (bag) => {
      const snapshot = current();
      const now = clock.monotonic();
      const known = snapshot.cache.find(bag, now);
      if (known !== undefined) return known;
      const outcome = check(snapshot, bag, events);
      snapshot.cache.store(bag, outcome, now);
      return outcome;
    },
    chargesFor: (specs, bag) => current().table.quotaSpecs.chargesFor(specs, bag),
    allocate: (bag, question) => allocate(current(), bag, question, events),
    report: (bags) => report(current(), bags, events),
  };
}
