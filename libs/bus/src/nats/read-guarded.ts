import { MeshError } from '@quintet/runtime';
import type { NatsParts } from './nats-parts.ts';

/**
 * Reads messages one by one: what is broken is dropped and counted, what throws is a bug and logged; neither ends the
 * subscription.
 */
export function readGuarded({ log, metrics }: Pick<NatsParts, 'log' | 'metrics'>, key: string) {
  const failed = (thrown: unknown): void => {
    metrics.dropped.add(1, { subject: key });
    if (thrown instanceof MeshError) log.warn({ err: thrown, subject: key }, 'a message was not read');
    else log.error({ err: thrown, subject: key }, 'a subscriber threw: this is a bug');
  };
  return (error: Error | null, work: () => void | Promise<void>): void => {
    if (error === null) void (async () => work())().catch(failed);
    else failed(new MeshError('permission_denied', `not subscribed: ${error.message}`, { cause: error }));
  };
}
