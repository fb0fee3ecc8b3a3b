import type { CertificateHolder, Clock, Log, Metrics, ValuesOf } from '@quintet/runtime';
import type { Bus } from './bus.ts';
import { type BUS_OPTIONS, busCredentials } from './bus-options.ts';
import { createMemoryBus } from './memory/memory-bus.ts';
import { createNatsBus } from './nats/nats-bus.ts';
import type { Principal } from './principals.ts';

export type ServiceBusOptions = {
  readonly config: ValuesOf<typeof BUS_OPTIONS>;
  readonly principal: Principal;
  /** Shown to the bus where there is no nkey. */
  readonly identity?: CertificateHolder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
};

/** The bus that the flags ask for. Without an address it is one that nobody else is on: the service does not notice. */
export function createServiceBus(options: ServiceBusOptions): Bus {
  const { config, principal, identity, clock, log, metrics } = options;
  if (config.natsAddress.length === 0) return createMemoryBus().connect({ principal, clock, log });
  const credentials = busCredentials(config, identity);
  return createNatsBus({ servers: config.natsAddress, principal, credentials, clock, log, metrics });
}
