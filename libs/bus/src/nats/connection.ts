import {
  type Clock,
  type Component,
  errorText,
  type HealthResult,
  type Log,
  MeshError,
  sleep,
} from '@quintet/runtime';
import { type ConnectionOptions, connect, Events, type NatsConnection } from 'nats';
import type { Principal } from '../principals.ts';
import { type BusCredentials, connectionOptions } from './credentials.ts';

export type NatsConnectionOptions = {
  /** `host:port` each. */
  readonly servers: readonly string[];
  readonly principal: Principal;
  readonly credentials: BusCredentials;
  readonly clock: Clock;
  readonly log: Log;
  /** Called at each connection, the first and the later ones. */
  readonly onConnected: (connection: NatsConnection, first: boolean) => void;
  readonly onDisconnected: () => void;
};

/** A connection that is made again whenever it is lost, for ever. */
export type Connection = Component & {
  /** Undefined while there is no connection. */
  current(): NatsConnection | undefined;
  /** The connection, or a thrown `unavailable`. */
  require(): NatsConnection;
  connected(timeoutMs: number): Promise<void>;
  health(): HealthResult;
};

const RETRY_MS = 500;

export function createConnection(options: NatsConnectionOptions): Connection {
  const { clock, log } = options;
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  let connection: NatsConnection | undefined;
  let alive = false;
  let problem = 'not connected yet';
  const up = (nc: NatsConnection, first: boolean) => {
    connection = nc;
    alive = true;
    log.info({ server: nc.getServer() }, 'connected to the bus');
    options.onConnected(nc, first);
    for (const resolve of [...waiting]) resolve();
  };
  const down = (why: string) => {
    if (alive) {
      log.warn({ why }, 'the bus is gone; going on without it');
      options.onDisconnected();
    }
    alive = false;
    problem = why;
  };
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const nc = await connect(await natsOptions(options));
        if (stop.signal.aborted) return await nc.close();
        up(nc, true);
        void followStatus(nc, { up: () => up(nc, false), down, log });
        const error = await nc.closed();
        down(error === undefined ? 'closed' : errorText(error));
      } catch (error) {
        if (problem !== errorText(error)) log.warn({ err: error }, 'cannot connect to the bus; trying again');
        down(errorText(error));
      }
      await sleep(clock, RETRY_MS, stop.signal);
    }
  };
  const current = () => (alive ? connection : undefined);
  return {
    name: 'bus',
    current,
    require: () => {
      const nc = current();
      if (nc === undefined) throw new MeshError('unavailable', `the bus is not connected: ${problem}`);
      return nc;
    },
    connected: (timeoutMs) =>
      new Promise((resolve, reject) => {
        if (alive) return resolve();
        const finish = (settle: () => void) => {
          timer.cancel();
          waiting.delete(done);
          settle();
        };
        const done = () => finish(resolve);
        const timer = clock.after(timeoutMs, () =>
          finish(() => reject(new MeshError('unavailable', `the bus is not connected: ${problem}`))),
        );
        waiting.add(done);
      }),
    health: () =>
      alive ? { state: 'ok' } : { state: 'degraded', detail: `no connection to the bus: ${problem}` },
    start: () => void run(),
    async stop() {
      stop.abort();
      // What was published is sent; subscriptions end.
      if (alive) await connection?.drain().catch(() => {});
      else await connection?.close();
      alive = false;
    },
  };
}

async function natsOptions(options: NatsConnectionOptions): Promise<ConnectionOptions> {
  return {
    servers: [...options.servers],
    name: options.principal,
    // Nobody else may listen in on the answers to this principal.
    inboxPrefix: `_INBOX.${options.principal}`,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    pingInterval: 10_000,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    ...(await connectionOptions(options.credentials)),
  };
}

type StatusListener = { up(): void; down(why: string): void; readonly log: Log };

async function followStatus(nc: NatsConnection, { up, down, log }: StatusListener): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === Events.Disconnect) down('disconnected');
    else if (status.type === Events.Reconnect) up();
    else if (status.type === Events.Error)
      log.warn({ error: status.data, permission: status.permissionContext }, 'the bus refused');
  }
}
