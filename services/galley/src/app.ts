import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { createSnapshots } from '@quintet/mcp';
import { KINDS, parseIp } from '@quintet/model';
import {
  type App,
  type Component,
  createAllowList,
  createGrpcServer,
  createServiceIdentity,
  type GrpcServer,
  MeshError,
  type ServiceEnv,
} from '@quintet/runtime';
import { type AccessList, createAccessListFile } from './access/access-list.ts';
import type { CONFIG } from './config.ts';
import { debugPages } from './debug-pages.ts';
import { createDerive } from './derive.ts';
import { createLastGoodFile, type LastGood } from './last-good/last-good-file.ts';
import { METRICS } from './metrics.ts';
import { addMcpSource } from './server.ts';
import { createFileSources } from './source/files/file-sources.ts';
import { FILES } from './source/files/files-source.ts';
import { MESH, MESH_CONFIG_RESOURCE, MESH_NETWORKS_RESOURCE } from './source/files/mesh-source.ts';
import { createConfigStore } from './store/config-store.ts';
import { configurationHealth } from './store/configuration-health.ts';
import { takeOver } from './take-over.ts';

/** What galley is made with. */
export type GalleyEnv = ServiceEnv<(typeof CONFIG)['options']>;

/** A constructed galley; `server` knows its port once it is started. */
export type GalleyApp = App & { readonly server: GrpcServer };

/** Puts galley together. Throws `MeshError` when the flags contradict each other. */
export async function createApp(env: GalleyEnv): Promise<GalleyApp> {
  const { config, clock, log } = env;
  if (config.configPath.length === 0)
    throw new MeshError('invalid_argument', 'no configuration: expected --configPath');
  if (config.insecure && !isLoopback(config.serverAddress)) {
    const message = `--insecure is for loopback addresses only, found --server-address ${config.serverAddress}`;
    throw new MeshError('invalid_argument', message);
  }
  const metrics = env.metrics.create(METRICS);
  const identity = config.insecure ? undefined : createServiceIdentity(env);
  const bus = createServiceBus({ ...env, principal: 'galley', ...(identity && { identity }) });
  const events = createEventPublisher({
    bus,
    service: 'galley',
    instance: env.instance,
    clock,
  });
  const snapshots = createSnapshots(KINDS.map((row) => row.collection));
  const lastGoodFile =
    config.stateDir === undefined
      ? undefined
      : createLastGoodFile({ directory: config.stateDir, clock, log });
  const lastGood = (await lastGoodFile?.read()) ?? [];
  const store = createConfigStore({
    sources: [MESH, FILES],
    lastGood,
    required: [
      MESH_CONFIG_RESOURCE,
      ...(config.meshNetworksFile === undefined ? [] : [MESH_NETWORKS_RESOURCE]),
    ],
    derive: createDerive({
      domain: config.domain,
      clusterId: config.clusterId,
      rootNamespace: 'istio-system',
    }),
  });
  const onBatch = takeOver({ store, snapshots, lastGood: lastGoodFile, events, metrics, clock, log });
  const { mesh, files } = await createFileSources({ config, onBatch, lastGood, metrics, clock, log });
  const server = createGrpcServer({
    name: 'mcp',
    address: config.serverAddress,
    maxReceiveBytes: config.serverMaxReceivedMessageSize,
    maxConcurrentStreams: config.serverMaxConcurrentStreams,
    ...(identity && { credentials: identity.serverCredentials({ clientCertificate: 'required' }) }),
    log,
    clock,
  });
  const accessFile =
    config.accessListFile === undefined
      ? undefined
      : createAccessListFile({ path: config.accessListFile, clock, log });
  const allow = accessFile ?? createAllowList(config.allowedIdentity);
  const status = addMcpSource({ server, snapshots, allow: identity && allow, metrics, clock, log });
  return {
    components: components({
      accessFile,
      identity,
      bus,
      lastGood: lastGoodFile,
      sources: [mesh, files],
      server,
    }),
    ready: [{ name: 'configuration', check: () => configurationHealth(store, [mesh, files]) }],
    debugPages: debugPages({ store, files: () => [...mesh.files, ...files.files], snapshots, status }),
    server,
  };
}

type Parts = {
  readonly accessFile: AccessList | undefined;
  readonly identity: Component | undefined;
  readonly bus: Component;
  readonly lastGood: LastGood | undefined;
  readonly sources: readonly Component[];
  readonly server: Component;
};

/** In the order of their start: the port opens when there is something to hand out. */
function components({ accessFile, identity, bus, lastGood, sources, server }: Parts): Component[] {
  return [
    ...(accessFile === undefined ? [] : [accessFile]),
    ...(identity === undefined ? [] : [identity]),
    bus,
    ...(lastGood === undefined ? [] : [{ name: 'last-good', stop: lastGood.flush }]),
    ...sources,
    server,
  ];
}

function isLoopback(address: string): boolean {
  const host = address
    .replace(/^tcp:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  if (address.startsWith('unix:') || host === 'localhost' || host === '::1') return true;
  const ip = parseIp(host);
  return ip?.length === 4 && ip[0] === 127;
}
