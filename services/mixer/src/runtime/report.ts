import { type Bag, Fault } from '@quintet/expr';
import { namespaceOf } from '../attributes/namespaces.ts';
import type { InstanceValue } from '../templates/template.ts';
import type { DispatchEvents } from './dispatch-events.ts';
import { matchingRules } from './matching-rules.ts';
import type { RuntimeSnapshot } from './snapshot.ts';

/** Gives the report instances of a batch of requests to their handlers, each handler once. */
export function report(snapshot: RuntimeSnapshot, bags: readonly Bag[], events: DispatchEvents): void {
  const instances = new Map<string, InstanceValue[]>();
  for (const bag of bags) {
    const rules = matchingRules(snapshot.rulesFor(namespaceOf(bag)), bag, events);
    for (const { variety, handler, instances: compiled } of rules.flatMap(({ actions }) => actions)) {
      if (variety !== 'report') continue;
      const gathered = instances.get(handler) ?? [];
      instances.set(handler, gathered);
      for (const instance of compiled) {
        const value = instance.build(bag);
        if (value instanceof Fault) events.instanceFault(instance.name, value);
        else gathered.push(value);
      }
    }
  }
  for (const [key, values] of instances) {
    const live = snapshot.handlers.get(key);
    const deliver = live?.handler.report;
    if (live !== undefined && deliver !== undefined) events.timed(live, 'report', () => deliver(values));
  }
}
