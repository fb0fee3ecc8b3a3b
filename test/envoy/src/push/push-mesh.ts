import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import { createGrpcServer, type GrpcServer, silentLog } from '@quintet/runtime';
import { ENVOY, eventually, findTool, freePort, makeTempDir } from '@quintet/testkit';
import { createDiscovery, type Discovery, type Form, type SessionEvent } from '@quintet/xds';
import { bootstrap } from '../goldens/fed-envoy.ts';
import { startProgram } from '../sds/process.ts';
import { type Web, webSet } from './web-resources.ts';

/** An Envoy in front of a server, fed by a control plane that can be told what to hand out, and stopped. */
export type PushMesh = {
  readonly events: readonly SessionEvent[];
  /** Hands out a web of these clusters with the route to one of them. */
  readonly publish: (web: Pick<Web, 'clusters' | 'route'>) => void;
  /** Resolves when Envoy has accepted everything that was published last. */
  readonly accepted: () => Promise<void>;
  /** One request through Envoy; the status. */
  readonly get: () => Promise<number>;
  readonly stopControlPlane: () => Promise<void>;
  /** On the same port, with no memory of before. */
  readonly startControlPlane: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function startPushMesh(form: Form): Promise<PushMesh> {
  const temp = await makeTempDir();
  const backend = await listen();
  const ports = { port: await freePort(), server: (backend.address() as AddressInfo).port };
  const events: SessionEvent[] = [];
  const changed = new Set<() => void>();
  const controlPort = await freePort();
  let web: Web | undefined;
  let control: { readonly server: GrpcServer; readonly discovery: Discovery } | undefined;
  const current = () => (web === undefined ? undefined : webSet(web));
  const startControlPlane = async () => {
    const discovery = createDiscovery({
      source: {
        attach: () => ({
          current,
          subscribe(listener) {
            changed.add(listener);
            return () => changed.delete(listener);
          },
        }),
      },
      observer: { event: (_stream, event) => events.push(event) },
    });
    const server = createGrpcServer({
      name: 'xds',
      address: `tcp://127.0.0.1:${controlPort}`,
      log: silentLog,
    });
    server.add(AggregatedDiscoveryService, discovery.aggregated);
    await server.start?.();
    control = { server, discovery };
  };
  const stopControlPlane = async () => control?.server.stop?.(AbortSignal.timeout(2000));
  await startControlPlane();
  const config = join(temp.path, 'envoy.json');
  await writeFile(config, JSON.stringify(bootstrap(controlPort, form)));
  const flags = ['-c', config, '--disable-hot-restart', '--concurrency', '1', '-l', 'warning'];
  const envoy = startProgram(await findTool(ENVOY), flags);
  return {
    events,
    publish(next) {
      web = { ...ports, ...next };
      for (const listener of changed) listener();
    },
    async accepted() {
      const wanted = current();
      const isDone = () => {
        const status = control?.discovery.streams().at(-1)?.status() ?? [];
        return (
          status.length === 4 &&
          status.every(
            ({ typeUrl, isCurrent, targetVersion }) =>
              isCurrent && targetVersion === wanted?.get(typeUrl)?.version,
          )
        );
      };
      await eventually(isDone, { timeoutMs: 10_000 }).catch((cause: unknown) => {
        const status = control?.discovery.streams().map((stream) => stream.status());
        throw new Error(`not accepted: ${JSON.stringify(status)}\n${envoy.output()}`, { cause });
      });
    },
    get: () => get(ports.port),
    stopControlPlane,
    startControlPlane,
    async stop() {
      await envoy.kill();
      await stopControlPlane();
      backend.close();
      await temp.remove();
    },
  };
}

async function get(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.arrayBuffer();
  return response.status;
}

function listen(): Promise<Server> {
  const server = createServer((_request, response) => response.end('hello'));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
