import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { createSnapshots } from '@quintet/mcp';
import { KINDS, type ResourceRef } from '@quintet/model';
import {
  type App,
  createServiceIdentity,
  type GrpcServer,
  type HttpServer,
  type ServiceEnv,
} from '@quintet/runtime';
import type { CONFIG } from './config.ts';
import { createDerivation } from './convert/derivation.ts';
import { debugPages } from './debug-pages.ts';
import { createDistribution } from './distribute/distribution.ts';
import { createLastGoodFile } from './last-good/last-good-file.ts';
import { METRICS } from './metrics.ts';
import { loadEnvoyRegistry } from './object-check/envoy-registry.ts';
import { createEnvoyFilterCheck, createObjectCheck } from './object-check/object-check.ts';
import { createProbeFiles } from './probe-files.ts';
import { MESH_CONFIG_RESOURCE, MESH_NETWORKS_RESOURCE } from './source/files/mesh-source.ts';
import { createSources } from './source/sources.ts';
import { createStatus } from './status/create-status.ts';
import { createConfigStore } from './store/config-store.ts';
import { configurationHealth } from './store/configuration-health.ts';
import type { SourceBatch } from './store/source.ts';
import { takeOver } from './take-over.ts';
import { createValidation } from './webhook/create-validation.ts';
import { createMixerCheck } from './webhook/mixer-check.ts';

/** What galley is made with. */
export type GalleyEnv = ServiceEnv<(typeof CONFIG)['options']>;

/** A constructed galley; the servers know their ports once they are started. */
export type GalleyApp = App & {
  readonly server: GrpcServer;
  /** Present when the flags ask for validation. */
  readonly webhook: HttpServer | undefined;
};

/** Puts galley together. Throws `MeshError` when the flags contradict each other. */
export async function createApp(env: GalleyEnv): Promise<GalleyApp> {
  const { config, clock, log } = env;
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
  const distribution = createDistribution(env, { snapshots, identity, bus, metrics });
  const { server, status } = distribution;
  const lastGoodFile =
    config.stateDir === undefined
      ? undefined
      : createLastGoodFile({ directory: config.stateDir, clock, log });
  const lastGood = (await lastGoodFile?.read()) ?? [];
  const envoyFilterFindings = createEnvoyFilterCheck(loadEnvoyRegistry);
  const sources = await createSources({
    ...env,
    onBatch: (batch) => onBatch(batch),
    ...{ lastGood, identity, metrics },
    alsoCheck: createObjectCheck(envoyFilterFindings),
  });
  const derivation = createDerivation({
    domain: config.domain,
    clusterId: config.clusterId,
    services: config.enableServiceDiscovery || sources.kube === undefined,
  });
  const store = createConfigStore({
    sources: sources.all.map(({ name }) => name),
    lastGood,
    required: requiredObjects(config),
    derive: (change) => ({ ...derivation.apply(change), issues: derivation.issues() }),
  });
  const writing = createStatus({
    ...{ ...env, client: sources.kube?.client, bus, metrics },
    entry: (key) => store.entries.get(key),
  });
  const take = takeOver({ store, snapshots, lastGood: lastGoodFile, events, metrics, clock, log });
  const mixer = createMixerCheck({ objects: () => store.written(), clock });
  const onBatch = (batch: SourceBatch) => {
    take(batch);
    writing.taken(batch);
    mixer.changed();
  };
  const validation = await createValidation({
    ...{ ...env, client: sources.kube?.client, identity, metrics },
    alsoCheck: (object) => [...mixer.check(object), ...envoyFilterFindings(object)],
  });
  const ready = [{ name: 'configuration', check: () => configurationHealth(store, sources.all) }];
  // The port opens when there is something to hand out.
  const components = [
    ...distribution.before,
    ...present(identity),
    bus,
    ...(lastGoodFile === undefined ? [] : [{ name: 'last-good', stop: lastGoodFile.flush }]),
    ...sources.all,
    ...validation.components,
    ...writing.components,
    ...distribution.after,
  ];
  const checks = [...ready, ...components.flatMap((component) => component.checks ?? [])];
  return {
    components: [...components, ...createProbeFiles({ ...env, checks })],
    ready,
    debugPages: debugPages({ store, files: sources.files, snapshots, status }),
    server,
    webhook: validation.server,
  };
}

/** Without these nothing is handed out: a file of the mesh that is wrong may ask for more than the defaults. */
function requiredObjects({ meshNetworksFile }: GalleyEnv['config']): ResourceRef[] {
  return [MESH_CONFIG_RESOURCE, ...(meshNetworksFile === undefined ? [] : [MESH_NETWORKS_RESOURCE])];
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
