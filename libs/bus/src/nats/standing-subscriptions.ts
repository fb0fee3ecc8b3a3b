import type { NatsConnection, Subscription as NatsSubscription } from 'nats';
import type { Subscription } from '../bus.ts';

type Standing = { attach(connection: NatsConnection): NatsSubscription; live?: NatsSubscription };

/** Subscriptions that outlive connections: they come into force whenever there is one. */
export type StandingSubscriptions = {
  /** `attach` subscribes on a connection; it is called for the present one, if any, and for each later one. */
  add(attach: Standing['attach'], current: NatsConnection | undefined): Subscription;
  /** To be called with each new connection; one that the client made again has its subscriptions still. */
  attachAll(connection: NatsConnection): void;
};

export function createStandingSubscriptions(): StandingSubscriptions {
  const all = new Set<Standing>();
  return {
    add(attach, current) {
      const one: Standing = { attach };
      all.add(one);
      if (current !== undefined) one.live = attach(current);
      return {
        stop() {
          all.delete(one);
          one.live?.unsubscribe();
        },
      };
    },
    attachAll(connection) {
      for (const one of all) one.live = one.attach(connection);
    },
  };
}
