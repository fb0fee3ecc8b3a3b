import type { Fault } from '@quintet/expr';
import type { Variety } from '../templates/template.ts';
import type { LiveHandler } from './snapshot.ts';

/** What dispatching tells: for metrics and the log. */
export type DispatchEvents = {
  /** A rule's match had no value, so the rule did not apply. */
  matchFault(rule: string, fault: Fault): void;
  instanceFault(instance: string, fault: Fault): void;
  /** Runs an adapter and measures it; undefined when it threw, which is a bug that costs only this answer. */
  timed<T>(handler: LiveHandler, variety: Variety, run: () => T): T | undefined;
};
