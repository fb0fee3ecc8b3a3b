import { createEventPublisher, createServiceBus } from '@quintet/bus';
import { Trust } from '@quintet/proto/quintet/trust/v1/trust_pb.js';
import {
  type App,
  type Component,
  createAllowList,
  createChannel,
  createClient,
  createServiceIdentity,
  type HealthCheck,
  MeshError,
  type ServiceEnv,
} from '@quintet/runtime';
import { createCitadelSource } from './citadel-source.ts';
import type { CONFIG } from './config.ts';
import { workloadDebugPage } from './debug-page.ts';
import { createNodeagentEvents } from './events.ts';
import { createCertificateFiles } from './files/certificate-files.ts';
import { METRICS, type NodeagentMetrics } from './metrics.ts';
import { createSdsSource } from './sds-source.ts';
import { createSecretStore, type SecretStore } from './secrets/secret-store.ts';
import { createSdsServer } from './server.ts';
import { openRootStore } from './trust/root-store.ts';
import { createTrustWatch } from './trust/watch-trust.ts';

/** What the node agent is made with. */
export type NodeagentEnv = ServiceEnv<(typeof CONFIG)['options']>;

/** Puts the node agent together. Throws `MeshError` when flags cannot be used. */
export async function createApp(env: NodeagentEnv): Promise<App> {
  const { config, clock, random, log, instance } = env;
  const {
    rootCertFile: file,
    citadelAddress: address,
    citadelIdentity: peers,
    maxTokens,
    maxStreams,
  } = config;
  if (file === undefined)
    throw new MeshError('invalid_argument', 'expected --root-cert-file, where trust begins');
  const metrics = env.metrics.create(METRICS);
  const identity = createServiceIdentity({ config, clock, random, log });
  const bus = createServiceBus({
    ...{ config, identity, clock, log, metrics: env.metrics },
    principal: 'nodeagent',
  });
  const events = createNodeagentEvents(createEventPublisher({ bus, service: 'nodeagent', instance, clock }));
  const roots = await openRootStore({
    file,
    clock,
    log,
    onChange: (count) => events.rootsChanged({ roots: count }),
  });
  const lifetimeMs = config.secretTtl;
  const source = createCitadelSource({ citadel: { address, peers }, roots, lifetimeMs, clock, metrics });
  const store = createSecretStore({ source, clock, random, log, metrics, events, maxTokens });
  observeStore(store, metrics);
  const channel = createChannel({ address, credentials: identity.channelCredentials({ peers }) });
  const trustWatch = createTrustWatch({
    ...{ roots, clock, random, log, events, nodeId: instance, trustDomain: config.trustDomain },
    maySign: createAllowList(peers).allows,
    client: createClient(Trust, channel),
  });
  const sds = createSdsServer({
    ...{ socket: config.sdsSocket, clock, log, metrics },
    source: createSdsSource({ store, roots, maxStreams, metrics }),
  });
  const secrets: Component = {
    name: 'secrets',
    stop() {
      store.stop();
      channel.close();
    },
  };
  return {
    components: [roots, identity, bus, secrets, trustWatch, sds, ...certificateFiles(env, identity)],
    ready: [renewalCheck(store)],
    debugPages: [workloadDebugPage({ store, streams: sds.streams })],
  };
}

/** File mode: the own identity, or that of another token, for a process that reads files. */
function certificateFiles(env: NodeagentEnv, own: ReturnType<typeof createServiceIdentity>): Component[] {
  const { config, clock, random, log } = env;
  const { outputCerts: directory, outputTokenFile } = config;
  if (directory === undefined) return [];
  if (outputTokenFile === undefined) return [createCertificateFiles({ directory, identity: own, log })];
  const { certDir: _, ...others } = config;
  const identity = createServiceIdentity({
    config: { ...others, certDir: undefined, tokenFile: outputTokenFile },
    clock,
    random,
    log,
  });
  return [identity, createCertificateFiles({ directory, identity, log })];
}

function observeStore(store: SecretStore, metrics: NodeagentMetrics): void {
  metrics.workloads.observe((report) => report(store.workloads().length));
  metrics.failingRenewals.observe((report) =>
    report(store.workloads().filter(({ failing }) => failing).length),
  );
  metrics.nextExpiry.observe((report) => {
    const ends = store.workloads().map(({ notAfter }) => notAfter);
    if (ends.length > 0) report(Math.min(...ends) / 1000);
  });
}

function renewalCheck(store: SecretStore): HealthCheck {
  return {
    name: 'renewals',
    check() {
      const failing = store.workloads().filter((workload) => workload.failing);
      const problems = [
        ...failing.map(({ spiffeId }) => `${spiffeId} is not renewed`),
        ...(store.waiting() > 0 ? [`${store.waiting()} token(s) wait for citadel`] : []),
      ];
      return problems.length === 0 ? { state: 'ok' } : { state: 'degraded', detail: problems.join(', ') };
    },
  };
}
