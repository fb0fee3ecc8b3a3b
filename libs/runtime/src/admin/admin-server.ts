import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock/clock.ts';
import { MeshError } from '../errors/mesh-error.ts';
import { type HealthCheck, type HealthReport, reportHealth } from '../health/health.ts';
import { bearerToken, equalSecrets } from '../http/bearer.ts';
import { createHttpServer, type HttpServer } from '../http/http-server.ts';
import { createRateLimit } from '../http/rate-limit.ts';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { PROMETHEUS_CONTENT_TYPE } from '../metrics/prometheus-text.ts';

/** A page below `/debug/`. What it returns is sent as JSON, a string as text. It must hold no secret. */
export type DebugPage = {
  /** With its leading slash, e.g. `/debug/syncz`; fastify's `:name` parameters are allowed. */
  readonly path: string;
  readonly description: string;
  show(request: DebugRequest): unknown;
};

export type DebugRequest = {
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
};

export type VersionInfo = { readonly service: string; readonly version: string; readonly node: string };

export type AdminOptions = {
  readonly address: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly version: VersionInfo;
  readonly ready: () => readonly HealthCheck[];
  readonly live: () => readonly HealthCheck[];
  readonly debugPages: readonly DebugPage[];
  /** Without a token no debug page is shown to anybody. */
  readonly debugToken: string | undefined;
};

/** Requests in a second from all callers together; a scrape and a few probes are far below it. */
const REQUESTS_PER_SECOND = 100;

/** The admin port that every service has: health, metrics, version, debug pages. */
export function createAdminServer(options: AdminOptions): HttpServer {
  const { address, log, clock, metrics, version } = options;
  const limits = { bodyBytes: 16 * 1024, connections: 128, requestMs: 10_000 };
  const server = createHttpServer({ name: 'admin', address, log, limits });
  const { app } = server;
  const limit = createRateLimit({ clock, perSecond: REQUESTS_PER_SECOND, burst: 2 * REQUESTS_PER_SECOND });
  app.addHook('onRequest', async () => {
    if (!limit.take()) throw new MeshError('resource_exhausted', 'too many requests');
  });
  app.get('/metrics', async (_, reply) => reply.type(PROMETHEUS_CONTENT_TYPE).send(await metrics.text()));
  app.get('/version', async () => version);
  app.get('/livez', async (request, reply) => sendHealth(request, reply, await reportHealth(options.live())));
  app.get('/readyz', async (request, reply) =>
    sendHealth(request, reply, await reportHealth(options.ready())),
  );
  app.register(async (scope) => addDebugPages(scope, options));
  return server;
}

/** The pages and their list, in a scope of their own: the token is asked for by route, however the URL spells it. */
function addDebugPages(scope: FastifyInstance, { debugPages, debugToken }: AdminOptions): void {
  scope.addHook('onRequest', async (request) => requireToken(request, debugToken));
  scope.get('/debug', async () => debugPages.map(({ path, description }) => ({ path, description })));
  for (const page of debugPages) {
    scope.get<{ Querystring: Record<string, string>; Params: Record<string, string> }>(
      page.path,
      async (request, reply) => {
        const shown = await page.show({ query: request.query, params: request.params });
        return typeof shown === 'string'
          ? reply.type('text/plain').send(shown)
          : reply.type('application/json').send(`${JSON.stringify(shown, null, 2)}\n`);
      },
    );
  }
}

/** Refuses a request without the token; throws `unauthenticated`. */
export function requireToken(request: FastifyRequest, token: string | undefined): void {
  const given = bearerToken(request.headers.authorization);
  if (given === undefined) throw new MeshError('unauthenticated', 'debug pages need a bearer token');
  if (token === undefined) throw new MeshError('permission_denied', 'no debug token is configured');
  if (!equalSecrets(given, token)) throw new MeshError('unauthenticated', 'wrong bearer token');
}

/** 200 unless a check failed; with `?verbose` the answer of each check as JSON. */
function sendHealth(request: FastifyRequest, reply: FastifyReply, report: HealthReport): FastifyReply {
  reply.code(report.state === 'failed' ? 503 : 200);
  const query: unknown = request.query;
  if (typeof query === 'object' && query !== null && 'verbose' in query) return reply.send(report);
  const notOk = report.checks.filter((check) => check.state !== 'ok');
  const text = notOk.map((check) => `${check.name}: ${check.detail ?? check.state}`).join('\n');
  return reply.type('text/plain').send(`${report.state}\n${text === '' ? '' : `${text}\n`}`);
}
