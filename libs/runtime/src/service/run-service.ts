import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { createAdminServer, type DebugPage } from '../admin/admin-server.ts';
import type { Random } from '../clock/backoff.ts';
import { type Clock, systemClock } from '../clock/clock.ts';
import { type ConfigDefinition, extendConfig } from '../config/define-config.ts';
import type { Options, ValuesOf } from '../config/option.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import type { HealthCheck } from '../health/health.ts';
import { createLog, type Log } from '../log/log.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import type { Component } from './component.ts';
import { createParentGuard } from './parent-guard.ts';
import { runComponents } from './run-components.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

export type ServiceOptionValues = ValuesOf<typeof SERVICE_OPTIONS>;

/** What a service's `createApp` is given: everything from outside that it may use. */
export type ServiceEnv<O extends Options> = {
  readonly name: string;
  readonly version: string;
  readonly config: ValuesOf<O> & ServiceOptionValues;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  /** Aborted when the service begins to stop. */
  readonly shutdown: AbortSignal;
};

/** A constructed service. */
export type App = {
  /** In the order of their start. */
  readonly components: readonly Component[];
  /** Readiness besides what the components ask themselves. */
  readonly ready?: readonly HealthCheck[];
  readonly live?: readonly HealthCheck[];
  readonly debugPages?: readonly DebugPage[];
};

export type ServiceDefinition<O extends Options> = {
  /** As the logs, metrics and `--help` name it, e.g. `galley`. */
  readonly name: string;
  readonly version?: string;
  readonly config: ConfigDefinition<O>;
  readonly createApp: (env: ServiceEnv<O>) => App | Promise<App>;
};

/** Exit codes of a service. */
export const EXIT = { ok: 0, failed: 1, wrongFlags: 2, killed: 130 } as const;

/**
 * Runs a service until SIGTERM, SIGINT, the death of its starter or the failure of a component, and ends the
 * process: 0 after a clean end, 1 after a failure, 2 for wrong flags. A second signal ends it at once.
 */
export async function runService<O extends Options>(definition: ServiceDefinition<O>): Promise<never> {
  const config = extendConfig(definition.config, SERVICE_OPTIONS);
  const parsed = config.parse(definition.name, { argv: process.argv.slice(2), env: process.env });
  if (parsed.kind === 'help') {
    process.stdout.write(parsed.text);
    return process.exit(EXIT.ok);
  }
  if (parsed.kind === 'problems') {
    for (const problem of parsed.problems) process.stderr.write(`${definition.name}: ${problem}\n`);
    return process.exit(EXIT.wrongFlags);
  }
  const values = parsed.values as ValuesOf<O> & ServiceOptionValues;
  process.exit(await serve(definition, values));
}

async function serve<O extends Options>(
  definition: ServiceDefinition<O>,
  config: ValuesOf<O> & ServiceOptionValues,
): Promise<number> {
  const { name, version = '0.1.0' } = definition;
  const log = createLog({ level: config.logLevel, fields: { service: name } });
  const stop = stopSignal(log);
  const metrics = createMetrics();
  const clock = systemClock;
  watchForBugs(log);
  try {
    const env = { name, version, config, log, clock, random: cryptoRandom, metrics, shutdown: stop.signal };
    const app = await definition.createApp(env);
    const debugToken =
      config.debugTokenFile === undefined ? undefined : await readSecretFile(config.debugTokenFile);
    let started = false;
    const ownReady: HealthCheck = {
      name: 'started',
      check: () => (started ? { state: 'ok' } : { state: 'failed', detail: 'still starting' }),
    };
    const admin = createAdminServer({
      address: config.adminAddress,
      log: log.child({ component: 'admin' }),
      clock,
      metrics,
      version: { service: name, version, node: process.version },
      ready: () => [ownReady, ...(app.ready ?? []), ...app.components.flatMap((c) => c.checks ?? [])],
      live: () => app.live ?? [],
      debugPages: app.debugPages ?? [],
      debugToken,
    });
    const guard = config.parentPid === undefined ? [] : [parentGuard(config.parentPid, clock, log, stop)];
    const result = await runComponents({
      components: [...guard, admin, ...app.components],
      log,
      clock,
      signal: stop.signal,
      shutdownMs: config.shutdownTimeout,
      onStarted: () => {
        started = true;
        log.info({ version }, 'started');
      },
    });
    await metrics.shutdown();
    log.info('ended');
    return result.failure === undefined ? EXIT.ok : explain(name, result.failure.error);
  } catch (error) {
    log.error({ err: error }, 'cannot start');
    return explain(name, error);
  }
}

/** For the person who started it: one line, besides the log. */
function explain(name: string, error: unknown): number {
  const hint = error instanceof MeshError && error.hint !== undefined ? ` (${error.hint})` : '';
  const text = error instanceof MeshError ? error.message : errorText(error);
  process.stderr.write(`${name}: ${text}${hint}\n`);
  return EXIT.failed;
}

function stopSignal(log: Log): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT.killed);
      log.info({ signal }, 'stopping');
      stop.abort();
    });
  }
  // A closed terminal or pipe must not end a service with a stack trace.
  process.on('SIGHUP', () => stop.abort());
  return stop;
}

/** A rejected promise that nobody waits for is a bug; the process lives and says so. */
function watchForBugs(log: Log): void {
  process.on('unhandledRejection', (reason) =>
    log.error({ err: reason }, 'unhandled rejection: this is a bug'),
  );
}

function parentGuard(parentPid: number, clock: Clock, log: Log, stop: AbortController): Component {
  return createParentGuard({
    parentPid,
    clock,
    currentParent: () => process.ppid,
    isAlive: (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch {
        return false;
      }
    },
    onGone: () => {
      log.warn({ parentPid }, 'the process that started this one has gone; stopping');
      stop.abort();
    },
  });
}

async function readSecretFile(path: string): Promise<string> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (text !== '') return text;
  } catch (cause) {
    throw new MeshError('failed_precondition', `cannot read ${path}: ${errorText(cause)}`, { cause });
  }
  throw new MeshError('failed_precondition', `${path} is empty, expected a token`);
}

/** Randomness that nobody can foresee, in [0, 1). */
const cryptoRandom: Random = () => randomInt(2 ** 47) / 2 ** 47;
