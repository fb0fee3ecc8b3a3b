import {
  type Clock,
  type Component,
  createFailureLog,
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
  /** Called at each connection; `first` when it is not one that the client made again. */
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

/** Whether there is a connection, why not, and who waits for one. */
type State = {
  connection: NatsConnection | undefined;
  alive: boolean;
  problem: string;
  readonly waiting: Set<() => void>;
};

/** Connects at its start and keeps trying until its stop. */
export function createConnection(options: NatsConnectionOptions): Connection {
  const stop = new AbortController();
  const state: State = {
    connection: undefined,
    alive: false,
    problem: 'not connected yet',
    waiting: new Set(),
  };
  const current = () => (state.alive ? state.connection : undefined);
  const missing = () => new MeshError('unavailable', `the bus is not connected: ${state.problem}`);
  return {
    name: 'bus',
    current,
    require: () => {
      const nc = current();
      if (nc === undefined) throw missing();
      return nc;
    },
    connected: (timeoutMs) =>
      state.alive ? Promise.resolve() : waitFor(state, { clock: options.clock, timeoutMs, missing }),
    health: () =>
      state.alive
        ? { state: 'ok' }
        : { state: 'degraded', detail: `no connection to the bus: ${state.problem}` },
    start: () => void keepConnected(options, state, stop.signal),
    async stop() {
      stop.abort();
      // What was published is sent; subscriptions end.
      if (state.alive) await state.connection?.drain().catch(() => {});
      else await state.connection?.close();
      state.alive = false;
    },
  };
}

async function keepConnected(
  options: NatsConnectionOptions,
  state: State,
  signal: AbortSignal,
): Promise<void> {
  const { log, clock } = options;
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'cannot connect to the bus; trying again',
    recovered: 'the bus can be reached again',
  });
  const up = (nc: NatsConnection, first: boolean) => {
    failures.succeeded();
    state.connection = nc;
    state.alive = true;
    log.info({ server: nc.getServer() }, 'connected to the bus');
    options.onConnected(nc, first);
    for (const resolve of [...state.waiting]) resolve();
  };
  const down = (why: string) => {
    if (state.alive) {
      log.warn({ why }, 'the bus is gone; going on without it');
      options.onDisconnected();
    }
    state.alive = false;
    state.problem = why;
  };
  while (!signal.aborted) {
    try {
      const nc = await connect(await natsOptions(options));
      if (signal.aborted) return await nc.close();
      up(nc, true);
      void followStatus(nc, { up: () => up(nc, false), down, log });
      const error = await nc.closed();
      if (signal.aborted) return;
      down(error === undefined ? 'closed' : errorText(error));
    } catch (error) {
      failures.failed(error);
      down(errorText(error));
    }
    await sleep(clock, RETRY_MS, signal);
  }
}

type Waiting = { readonly clock: Clock; readonly timeoutMs: number; readonly missing: () => MeshError };

function waitFor(state: State, { clock, timeoutMs, missing }: Waiting): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      timer.cancel();
      state.waiting.delete(done);
      settle();
    };
    const done = () => finish(resolve);
    const timer = clock.after(timeoutMs, () => finish(() => reject(missing())));
    state.waiting.add(done);
  });
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
    else if (status.type === Events.Error) {
      log.warn({ error: status.data, permission: status.permissionContext }, 'the bus refused');
    }
  }
}
