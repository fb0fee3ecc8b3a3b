import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ENVOY, findTool, freePort, makeTempDir } from '@quintet/testkit';

/** An Envoy that asks a mixer, with an application and an echo behind it. */
export type Sidecar = { readonly httpPort: number; readonly tcpPort: number; stop(): Promise<void> };

/** Starts the Envoy of `envoy.yaml` towards a mixer on the loopback. */
export async function startSidecar(mixerPort: number): Promise<Sidecar> {
  const application = await listening(createServer((_request, response) => response.end('hello')));
  const echo = await listening(createTcpServer((socket) => socket.pipe(socket)));
  const temp = await makeTempDir();
  const [httpPort, tcpPort] = [await freePort(), await freePort()];
  const values: Readonly<Record<string, number>> = {
    HTTP_PORT: httpPort,
    TCP_PORT: tcpPort,
    APPLICATION_PORT: portOf(application),
    ECHO_PORT: portOf(echo),
    MIXER_PORT: mixerPort,
  };
  const template = readFileSync(new URL('./envoy.yaml', import.meta.url), 'utf8');
  const config = join(temp.path, 'envoy.yaml');
  await writeFile(
    config,
    template.replaceAll(/\$([A-Z]+_PORT)/g, (_, name: string) => String(values[name])),
  );
  const envoy = await startEnvoy(config, join(temp.path, 'envoy.log'));
  return {
    httpPort,
    tcpPort,
    stop: async () => {
      if (envoy.exitCode === null) {
        envoy.kill('SIGKILL');
        await once(envoy, 'exit');
      }
      application.close();
      echo.close();
      await temp.remove();
    },
  };
}

async function startEnvoy(config: string, logPath: string): Promise<ChildProcess> {
  const log = await open(logPath, 'w');
  const flags = ['-c', config, '--use-dynamic-base-id', '--concurrency', '1', '-l', 'warn'];
  const envoy = spawn(await findTool(ENVOY), flags, { stdio: ['ignore', log.fd, log.fd] });
  await once(envoy, 'spawn');
  await log.close();
  return envoy;
}

async function listening<S extends Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
