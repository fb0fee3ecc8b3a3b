import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { createSnapshots } from '@quintet/mcp';
import { KINDS } from '@quintet/model';
import {
  type App,
  createServiceIdentity,
  type GrpcServer,
  type HttpServer,
  type ServiceEnv,
} from '@quintet/runtime';
import { createAnalysis } from './analysis/create-analysis.ts';
import { observeCollections } from './collection-metrics.ts';
import type { CONFIG } from './config.ts';
import { debugPages } from './debug-pages.ts';
import { createDistribution } from './distribute/distribution.ts';
import { openLastGood } from './last-good/open-last-good.ts';
import { METRICS } from './metrics.ts';
import { loadEnvoyRegistry } from './object-check/envoy-registry.ts';
import { createEnvoyFilterCheck, createObjectCheck } from './object-check/object-check.ts';
import { createProbeFiles } from './probe-files.ts';
import { createSources } from './source/sources.ts';
import { createStatus } from './status/create-status.ts';
import { configurationHealth } from './store/configuration-health.ts';
import { createStore } from './store/create-store.ts';
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
  const events = createEventPublisher({ bus, service: 'galley', instance: env.instance, clock });
  const snapshots = createSnapshots(KINDS.map((row) => row.collection));
  const distribution = createDistribution(env, { snapshots, identity, bus, metrics });
  const kept = await openLastGood({ directory: config.stateDir, clock, log });
  const envoyFilterFindings = createEnvoyFilterCheck(loadEnvoyRegistry);
  const sources = await createSources({
    ...{ ...env, metrics, identity, lastGood: kept.objects },
    alsoCheck: createObjectCheck(envoyFilterFindings),
    onBatch: (batch) => onBatch(batch),
  });
  const { client } = sources.kube ?? {};
  const store = createStore({ config, sources, lastGood: kept.objects });
  observeCollections(env.metrics, store);
  const writing = createStatus({ ...env, client, bus, metrics, entry: (key) => store.entries.get(key) });
  const analysis = createAnalysis({ ...env, store, sources, events, metrics, analysed: writing.analysed });
  const take = takeOver({ store, snapshots, lastGood: kept.file, events, metrics, clock, log });
  const mixer = createMixerCheck({ objects: () => store.written(), clock });
  const onBatch = (batch: SourceBatch) => {
    const change = take(batch);
    writing.taken(batch);
    analysis.taken(batch, change);
    mixer.changed();
  };
  const validation = await createValidation({
    ...{ ...env, client, identity, metrics },
    alsoCheck: (object, review) => [...mixer.check(object, review), ...envoyFilterFindings(object)],
  });
  const ready = [{ name: 'configuration', check: () => configurationHealth(store, sources.all) }];
  // The port opens when there is something to hand out.
  const parts = [kept, { components: sources.all }, validation, writing, analysis];
  const components = [
    ...[...distribution.before, ...(identity ? [identity] : []), bus],
    ...parts.flatMap((part) => part.components),
    ...distribution.after,
  ];
  const checks = [...ready, ...components.flatMap((component) => component.checks ?? [])];
  const { server, status } = distribution;
  return {
    components: [...components, ...createProbeFiles({ ...env, checks })],
    ready,
    debugPages: [...debugPages({ store, files: sources.files, snapshots, status }), ...analysis.pages],
    server,
    webhook: validation.server,
  };
}
