import type { Clock, Instruments, Log } from '@quintet/runtime';
import type { BUS_METRICS } from '../metrics.ts';
import type { Principal } from '../principals.ts';
import type { Connection } from './connection.ts';
import type { StandingSubscriptions } from './standing-subscriptions.ts';

/** What the parts of a bus over NATS share. */
export type NatsParts = {
  readonly principal: Principal;
  readonly connection: Connection;
  readonly standing: StandingSubscriptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Instruments<typeof BUS_METRICS>;
};
