import process from 'node:process';
import type { Log } from '../log/log.ts';
import { takeStarter, watchStarter } from './watch-starter.ts';

/** Exit codes of a service. */
export const EXIT = { ok: 0, failed: 1, wrongFlags: 2, killed: 130 } as const;

export type ProcessEvents = {
  /** Aborted when the process is to end. */
  readonly stop: AbortSignal;
  /** Rejects when something was thrown that nobody caught: nothing is certain any more, so everything stops. */
  readonly failed: Promise<never>;
};

export type ProcessEventsOptions = {
  readonly log: Log;
  /** Told of each bug. */
  readonly onBug: () => void;
};

/**
 * Listens to what happens to the process: SIGTERM, SIGINT and SIGHUP ask it to end, a second one ends it at once; the
 * end of its starter asks too. A rejection that nobody waited for is logged, and the process lives.
 */
export function listenToProcess({ log, onBug }: ProcessEventsOptions): ProcessEvents {
  const stop = new AbortController();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT.killed);
      log.info({ signal }, 'stopping');
      stop.abort();
    });
  }
  watchStarter({
    descriptor: takeStarter(process.env),
    onGone: () => {
      log.warn('the program that started this one has gone; stopping');
      stop.abort();
    },
  });
  process.on('unhandledRejection', (err) => {
    onBug();
    log.error({ err }, 'unhandled rejection: this is a bug');
  });
  process.on('uncaughtException', (err) => {
    onBug();
    log.error({ err }, 'uncaught exception: this is a bug');
    reject(err);
  });
  return { stop: stop.signal, failed };
}
