import type { Handler } from '../adapters/adapter.ts';
import type { RulePlan, RuleTable } from '../rules/table.ts';
import type { CheckCache } from './check-cache.ts';

/** A rule table at work: immutable, swapped as a whole. */
export type RuntimeSnapshot = {
  readonly table: RuleTable;
  /** Handlers by key; one that could not be built is missing. */
  readonly handlers: ReadonlyMap<string, LiveHandler>;
  /** Answers of this snapshot; another one begins with an empty cache. */
  readonly cache: CheckCache;
  rulesFor(namespace: string): readonly RulePlan[];
};

export type LiveHandler = {
  readonly name: string;
  readonly adapter: string;
  readonly signature: string;
  readonly handler: Handler;
};
