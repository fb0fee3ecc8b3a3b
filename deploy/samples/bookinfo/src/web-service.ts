import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import process from 'node:process';
import type { Settings } from './settings.ts';

export type Answer = {
  readonly status: number;
  readonly type: 'text/html; charset=utf-8' | 'application/json' | 'text/plain; charset=utf-8';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Handler = (request: IncomingMessage, url: URL) => Promise<Answer> | Answer;

/** Serves one handler until SIGTERM or SIGINT. `GET /health` is answered here. */
export function startService(settings: Settings, handle: Handler): Server {
  const server = createServer((request, response) => {
    answer(request, handle).then(
      (result) => send(response, result),
      (error: unknown) => send(response, text(500, error instanceof Error ? error.message : String(error))),
    );
  });
  // The proxy in front decides when a connection has been idle for too long: an end of ours could meet its next request.
  server.keepAliveTimeout = 0;
  server.listen(settings.port, settings.host);
  const stop = (): void => {
    server.close();
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return server;
}

export function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

export function text(status: number, message: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${message}\n` };
}

export function html(body: string): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

async function answer(request: IncomingMessage, handle: Handler): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/health') return json(200, { status: 'ok' });
  return handle(request, url);
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(body);
}
