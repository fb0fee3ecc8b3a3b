import { resolve } from 'node:path';
import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { ruleFindings } from '@quintet/expr';
import { checkReadable, createConfiguration, createFileSource } from '@quintet/files';
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
import { createLastGoodFile, type LastGood } from './last-good/last-good-file.ts';
import { METRICS } from './metrics.ts';
import { addMcpSource } from './server.ts';
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
  const lastGood =
    config.stateDir === undefined ? undefined : createLastGoodFile({ directory: config.stateDir, log });
  const paths = config.configPath.map((path) => resolve(path));
  const meshConfigFile = config.meshConfigFile === undefined ? undefined : resolve(config.meshConfigFile);
  if (config.stateDir === undefined) {
    await checkReadable('--configPath', paths);
    await checkReadable('--meshConfigFile', meshConfigFile === undefined ? [] : [meshConfigFile]);
  }
  const configuration = createConfiguration({
    paths,
    meshConfigFile,
    defaultNamespace: config.defaultNamespace,
    alsoCheck: ruleFindings,
    lastGood: (await lastGood?.read()) ?? [],
  });
  const files = createFileSource({
    paths,
    meshConfigFile,
    ignore: new Set(config.configIgnore),
    maxFileBytes: config.maxFileSize,
    quietMs: config.quietPeriod,
    maxMs: config.maxWait,
    clock,
    log: log.child({ component: 'files' }),
    onChange: takeOver({ configuration, snapshots, lastGood, events, metrics, log }),
    observer: {
      changed: () => metrics.strategyOnChange.add(1),
      reset: () => metrics.strategyTimerResets.add(1),
      fired: (why) =>
        (why === 'quiet' ? metrics.strategyTimerQuiesceReached : metrics.strategyTimerMaxTimeReached).add(1),
    },
  });
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
    components: components({ accessFile, identity, bus, lastGood, files, server }),
    ready: [{ name: 'configuration', check: configuration.health }],
    debugPages: debugPages({ configuration, snapshots, status }),
    server,
  };
}

type Parts = {
  readonly accessFile: AccessList | undefined;
  readonly identity: Component | undefined;
  readonly bus: Component;
  readonly lastGood: LastGood | undefined;
  readonly files: Component;
  readonly server: Component;
};

/** In the order of their start: the port opens when there is something to hand out. */
function components({ accessFile, identity, bus, lastGood, files, server }: Parts): Component[] {
  return [
    ...(accessFile === undefined ? [] : [accessFile]),
    ...(identity === undefined ? [] : [identity]),
    bus,
    ...(lastGood === undefined ? [] : [{ name: 'last-good', stop: lastGood.flush }]),
    files,
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
