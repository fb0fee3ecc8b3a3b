import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

// A service that tells its caller what arrived. HTTP on PORT_HTTP:
//   /slow?ms=500             answers after that time
//   /flaky?key=k&fail=2      fails with 500 (or status=…) so many times for a key, then answers; says how often it was asked
// and on PORT_TCP a line with its name to whoever connects, then what comes in.
const { WORKLOAD_NAME = '', HOST = '127.0.0.1', PORT_HTTP = '0', PORT_TCP } = process.env;
const attempts = new Map<string, number>();

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://echo');
  const number = (name: string, fallback: number): number => Number(url.searchParams.get(name) ?? fallback);
  const key = url.searchParams.get('key') ?? '';
  const attempt = (attempts.get(key) ?? 0) + 1;
  if (url.pathname === '/slow') await delay(number('ms', 0));
  if (url.pathname === '/flaky') attempts.set(key, attempt);
  const fails = url.pathname === '/flaky' && attempt <= number('fail', 0);
  response.writeHead(fails ? number('status', 500) : 200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      workload: WORKLOAD_NAME,
      method: request.method,
      path: request.url,
      headers: request.headers,
      attempt,
    }),
  );
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) =>
    response.destroy(error instanceof Error ? error : undefined),
  );
});
server.listen(Number(PORT_HTTP), HOST);

if (PORT_TCP !== undefined) {
  createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${WORKLOAD_NAME}\n`);
    socket.pipe(socket);
  }).listen(Number(PORT_TCP), HOST);
}

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
