import {
  type Clock,
  createHttpServer,
  createRateLimit,
  type DebugPage,
  type HttpServer,
  type Log,
  MeshError,
  requireToken,
} from '@quintet/runtime';

export type DebugServerOptions = {
  readonly address: string;
  readonly pages: readonly DebugPage[];
  /** Without it the pages are shown to nobody. */
  readonly token: string | undefined;
  readonly isReady: () => boolean;
  readonly log: Log;
  readonly clock: Clock;
};

const REQUESTS_PER_SECOND = 100;

/** The classic port 8080: `/ready` for everybody, the debug pages for whoever has the token. */
export function createDebugServer(options: DebugServerOptions): HttpServer {
  const { address, pages, token, isReady, log, clock } = options;
  const server = createHttpServer({
    name: 'debug',
    address,
    log,
    limits: { bodyBytes: 1024, connections: 128 },
  });
  const limit = createRateLimit({ clock, perSecond: REQUESTS_PER_SECOND, burst: 2 * REQUESTS_PER_SECOND });
  server.app.addHook('onRequest', async () => {
    if (!limit.take()) throw new MeshError('resource_exhausted', 'too many requests');
  });
  server.app.get('/ready', async (_, reply) =>
    reply.code(isReady() ? 200 : 503).send(isReady() ? 'ok\n' : 'not ready\n'),
  );
  server.app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => requireToken(request, token));
    for (const page of pages) {
      scope.get<{ Querystring: Record<string, string>; Params: Record<string, string> }>(
        page.path,
        async ({ query, params }, reply) => {
          const shown = await page.show({ query, params });
          const isText = typeof shown === 'string';
          return reply
            .type(isText ? 'text/plain' : 'application/json')
            .send(isText ? shown : `${JSON.stringify(shown, null, 2)}\n`);
        },
      );
    }
  });
  return server;
}
