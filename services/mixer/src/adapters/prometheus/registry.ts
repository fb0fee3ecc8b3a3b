import { familyText } from './exposition.ts';
import { type Family, type FamilyDefinition, family, sameDefinition } from './family.ts';

/** The metrics that rules make: served on their own port, apart from the metrics of mixer itself. */
export type MetricRegistry = {
  /**
   * Declares a metric for a user (a handler); equal declarations share one family, so that counts survive a changed
   * handler. Undefined when the name is in use with another kind, labels or buckets.
   */
  claim(definition: FamilyDefinition, user: object): Family | undefined;
  /** Ends the declarations of a user; families that nobody declares any more are forgotten. */
  release(user: object): void;
  /** Everything in the Prometheus text format. */
  text(): string;
  /** Series at the moment, and values dropped because a family had reached its budget. */
  stats(): { readonly series: number; readonly dropped: number };
};

/** A registry whose families hold at most `seriesBudget` series each. */
export function createMetricRegistry(options: { readonly seriesBudget: number }): MetricRegistry {
  const families = new Map<string, { readonly family: Family; readonly users: Set<object> }>();
  let droppedBefore = 0;
  return {
    claim: (definition, user) => {
      const known = families.get(definition.name);
      if (known === undefined) {
        const made = family(definition, options.seriesBudget);
        families.set(definition.name, { family: made, users: new Set([user]) });
        return made;
      }
      if (!sameDefinition(known.family.definition, definition)) return undefined;
      known.users.add(user);
      return known.family;
    },
    release: (user) => {
      for (const [name, entry] of families) {
        entry.users.delete(user);
        if (entry.users.size > 0) continue;
        droppedBefore += entry.family.dropped();
        families.delete(name);
      }
    },
    text: () => [...families.values()].map((entry) => familyText(entry.family)).join(''),
    stats: () => {
      let series = 0;
      let dropped = droppedBefore;
      for (const entry of families.values()) {
        series += entry.family.series().length;
        dropped += entry.family.dropped();
      }
      return { series, dropped };
    },
  };
}
