import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { createAdminServer, type DebugPage } from '../admin/admin-server.ts';
import type { Random } from '../clock/backoff.ts';
import { type Clock, systemClock } from '../clock/clock.ts';
import { CLASSIC_SERVER_FLAGS } from '../config/classic-flags.ts';
import { type ConfigDefinition, extendConfig } from '../config/define-config.ts';
import type { Options, ValuesOf } from '../config/option.ts';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import type { HealthCheck, HealthResult } from '../health/health.ts';
import { createLog, type Log } from '../log/log.ts';
import { createMetrics, type Metrics } from '../metrics/metrics.ts';
import { recordRuntimeMetrics } from '../metrics/runtime-metrics.ts';
import type { Component } from './component.ts';
import { packageVersion } from './package-version.ts';
import { EXIT, listenToProcess } from './process-events.ts';
import { runComponents } from './run-components.ts';
import { SERVICE_OPTIONS } from './service-options.ts';

export type ServiceOptionValues = ValuesOf<typeof SERVICE_OPTIONS>;

/** What a service's `createApp` is given: everything from outside that it may use. */
export type ServiceEnv<O extends Options> = {
  readonly name: string;
  readonly version: string;
  /** This replica, unique within the service: host (on Kubernetes the pod) and process. */
  readonly instance: string;
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
  /** Of the package that the program belongs to unless given. */
  readonly version?: string;
  readonly config: ConfigDefinition<O>;
  readonly createApp: (env: ServiceEnv<O>) => App | Promise<App>;
};

/**
 * Runs a service until SIGTERM, SIGINT, the death of its starter or the failure of a component, and ends the
 * process: 0 after a clean end, 1 after a failure, 2 for wrong flags. A second signal ends it at once.
 */
export async function runService<O extends Options>(definition: ServiceDefinition<O>): Promise<never> {
  const config = extendConfig(definition.config, SERVICE_OPTIONS, CLASSIC_SERVER_FLAGS);
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
  process.exit(await serve(definition, values, parsed.warnings));
}

async function serve<O extends Options>(
  definition: ServiceDefinition<O>,
  config: ValuesOf<O> & ServiceOptionValues,
  warnings: readonly string[],
): Promise<number> {
  const { name, version = packageVersion(process.argv[1] ?? '') } = definition;
  const log = createLog({ level: config.logLevel, fields: { service: name } });
  for (const warning of warnings) log.warn({ flag: warning }, 'a flag has no effect');
  const metrics = createMetrics();
  const { countBug } = recordRuntimeMetrics(metrics, { component: name, tag: version });
  const events = listenToProcess({ log, onBug: countBug });
  const clock = systemClock;
  const instance = `${hostname()}-${process.pid}`;
  const env = { name, version, instance, config, log, clock, random, metrics, shutdown: events.stop };
  let isStarted = false;
  try {
    const app = await definition.createApp(env);
    const started = createServingCheck(events.stop);
    const admin = await adminOf(env, { app, started: started.check });
    const tracing = await tracingOf(env);
    const bugs: Component = { name: 'process', failed: events.failed };
    const result = await runComponents({
      components: [bugs, ...tracing, admin, ...app.components],
      log,
      clock,
      signal: events.stop,
      shutdownMs: config.shutdownTimeout,
      onStarted: () => {
        started.done();
        isStarted = true;
        log.info({ version }, 'started');
      },
    });
    await metrics.shutdown();
    log.info('ended');
    return result.failure === undefined ? EXIT.ok : explain(name, result.failure.error, isStarted);
  } catch (error) {
    log.error({ err: error }, 'cannot start');
    return explain(name, error, isStarted);
  }
}

/** Ready from the moment when every component has started to the one when the first begins to stop. */
function createServingCheck(stop: AbortSignal): { readonly check: HealthCheck; done(): void } {
  let started = false;
  const result = (): HealthResult => {
    if (stop.aborted) return { state: 'failed', detail: 'stopping' };
    return started ? { state: 'ok' } : { state: 'failed', detail: 'still starting' };
  };
  return {
    check: { name: 'started', check: result },
    done: () => {
      started = true;
    },
  };
}

/** Loaded only when asked for: most processes of a mesh make no traces. */
async function tracingOf(env: AdminEnv): Promise<readonly Component[]> {
  const { otlpEndpoint } = env.config;
  if (otlpEndpoint === undefined) return [];
  const { startTracing } = await import('../tracing/tracing.ts');
  const tracing = startTracing({ service: env.name, version: env.version, endpoint: otlpEndpoint });
  return [{ name: 'tracing', stop: tracing.stop }];
}

type AdminEnv = {
  readonly name: string;
  readonly version: string;
  readonly config: ServiceOptionValues;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
};

async function adminOf(
  env: AdminEnv,
  { app, started }: { app: App; started: HealthCheck },
): Promise<Component> {
  const { name, version, config, log, clock, metrics } = env;
  const file = config.debugTokenFile;
  return createAdminServer({
    address: config.adminAddress,
    log: log.child({ component: 'admin' }),
    clock,
    metrics,
    version: { service: name, version, node: process.version },
    ready: () => [started, ...(app.ready ?? []), ...app.components.flatMap((c) => c.checks ?? [])],
    live: () => app.live ?? [],
    debugPages: app.debugPages ?? [],
    debugToken: file === undefined ? undefined : await readSecretFile(file),
  });
}

/**
 * For the person who started it: one line, besides the log. Flags that contradict each other, or say what cannot be, come
 * to light only when the service is put together and started: they are wrong flags all the same.
 */
function explain(name: string, error: unknown, isStarted: boolean): number {
  const hint = error instanceof MeshError && error.hint !== undefined ? ` (${error.hint})` : '';
  const text = error instanceof MeshError ? error.message : errorText(error);
  process.stderr.write(`${name}: ${text}${hint}\n`);
  const isMistake = error instanceof MeshError && error.code === 'invalid_argument';
  return isMistake && !isStarted ? EXIT.wrongFlags : EXIT.failed;
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
const random: Random = () => randomInt(2 ** 47) / 2 ** 47;
