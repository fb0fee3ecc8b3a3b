import type { ServerOptions as TlsServerOptions } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import { errorText, MeshError } from '../errors/mesh-error.ts';
import type { Log } from '../log/log.ts';
import type { Component } from '../service/component.ts';
import { httpStatusOf } from './http-status.ts';

export type HttpLimits = {
  /** Largest body, bytes; 1 MiB unless given. */
  readonly bodyBytes?: number;
  /** Connections at one time; 256 unless given. */
  readonly connections?: number;
  /** Milliseconds within which a request must have arrived; 10 s unless given. */
  readonly requestMs?: number;
};

export type HttpServerOptions = {
  readonly name: string;
  /** `host:port`, `:port` or `tcp://host:port`; port 0 takes a free one. */
  readonly address: string;
  readonly log: Log;
  readonly limits?: HttpLimits;
  /** TLS when given; later certificates by `setCertificates`. */
  readonly tls?: TlsServerOptions;
};

/** An HTTP port as a component; routes are registered on `app` before it starts. */
export type HttpServer = Component & {
  readonly app: FastifyInstance;
  /** The port in use, after the start. */
  port(): number;
  /** Certificates for new connections from now on; throws on a server without TLS: that is a bug. */
  setCertificates(certificates: { readonly cert: string; readonly key: string; readonly ca?: string }): void;
};

/** Routes here have no JSON schemas: the compilers for them, which are large, are not loaded. */
const NO_SCHEMAS = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

function refuseSchema(): never {
  throw new TypeError('routes have no schemas: read the body in the handler');
}

/** A fastify server with limits that act before a body is parsed. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { name, log, limits = {} } = options;
  const { bodyBytes = 1024 * 1024, connections = 256, requestMs = 10_000 } = limits;
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytes,
    requestTimeout: requestMs,
    connectionTimeout: requestMs,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    schemaController: { compilersFactory: NO_SCHEMAS },
    http: { maxHeaderSize: 16 * 1024 },
    ...(options.tls === undefined ? {} : { https: { ...options.tls, maxHeaderSize: 16 * 1024 } }),
  });
  app.server.maxConnections = connections;
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('text/plain')
      .send(`no such page: ${request.url.split('?')[0]}\n`),
  );
  app.setErrorHandler((error, request, reply) => {
    const { status, text } = httpStatusOf(error);
    if (status >= 500) log.error({ err: error, method: request.method, path: request.url }, 'request failed');
    return reply.code(status).type('text/plain').send(`${text}\n`);
  });
  let bound = 0;
  return {
    name,
    app,
    port: () => bound,
    setCertificates(certificates) {
      const { server } = app;
      if (!(server instanceof TlsServer)) throw new Error(`${name} has no TLS`);
      server.setSecureContext(certificates);
    },
    async start() {
      const { host, port } = hostPort(options.address);
      try {
        await app.listen({ host, port });
      } catch (error) {
        const why = errorText(error).includes('EADDRINUSE') ? 'the port is in use' : errorText(error);
        throw new MeshError('unavailable', `cannot listen on ${host}:${port}: ${why}`, { cause: error });
      }
      const address = app.server.address();
      bound = typeof address === 'object' && address !== null ? address.port : 0;
      log.info({ address: options.address, port: bound }, 'listening');
    },
    stop: () => app.close(),
  };
}

/** Splits an address as flags have it, which may be just a port; throws `invalid_argument` when it is none. */
export function hostPort(address: string): { host: string; port: number } {
  const match = /^(?:(?:tcp:\/\/)?(\[[0-9a-fA-F:.]+\]|[^\s/:[\]]*):)?(\d{1,5})$/.exec(address);
  if (match === null || Number(match[2]) > 65535) {
    throw new MeshError(
      'invalid_argument',
      `address ${JSON.stringify(address)}: expected host:port, tcp://host:port or a port`,
    );
  }
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port: Number(match[2]) };
}
