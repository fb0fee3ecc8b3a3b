import type { Bag } from '@quintet/expr';

/**
 * The namespace whose rules a request meets (besides those of the default namespace): the reporter's, so the source's
 * for what a client proxy reports and the destination's otherwise. Empty when the attribute is absent.
 */
export function namespaceOf(bag: Bag): string {
  const outbound = bag.get('context.reporter.kind') === 'outbound';
  const namespace = bag.get(outbound ? 'source.namespace' : 'destination.namespace');
  return typeof namespace === 'string' ? namespace : '';
}
