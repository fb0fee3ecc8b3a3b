import { readFileSync } from 'node:fs';
import { createMcpSource, createSnapshots, type Snapshots } from '@quintet/mcp';
import { type ConfigObject, KINDS, parseDocuments } from '@quintet/model';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type Channel,
  type Component,
  createChannel,
  createGrpcServer,
  createMetrics,
  extendConfig,
  type GrpcServer,
  SERVICE_OPTIONS,
  silentLog,
  systemClock,
} from '@quintet/runtime';
import { eventually } from '@quintet/testkit';
import { createApp, type MixerApp } from '../app.ts';
import { CONFIG } from '../config.ts';

/** A mixer in this process, with a source of configuration of its own, on free ports of the loopback. */
export type MixerUnderTest = {
  /** Replaces the whole configuration; resolves once mixer works with it. */
  configure(...yaml: readonly string[]): Promise<void>;
  readonly app: MixerApp;
  readonly channel: Channel;
  /** The metrics of the mesh. */
  meshMetrics(): Promise<string>;
  ownMetrics(): Promise<string>;
  stop(): Promise<void>;
};

/** Objects of YAML text; fails with the first issue. */
export function objectsOf(text: string): readonly ConfigObject[] {
  const { objects, issues } = parseDocuments(text, { file: 'test.yaml' });
  const [issue] = issues;
  if (issue !== undefined) throw new Error(`${issue.path}: ${issue.message}`);
  return objects;
}

/** A file of the repository, by its path from the root. */
export function shippedFile(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
}

/**
 * Starts mixer: with the certificates of a directory on mTLS, else without identities, so that who is who is told by node
 * ids and addresses alone.
 */
export async function startMixer(options: { readonly certDir?: string } = {}): Promise<MixerUnderTest> {
  const snapshots = createSnapshots(KINDS.map((row) => row.collection));
  const source = await startSource(snapshots);
  const metrics = createMetrics();
  const app = createApp({
    name: 'mixer',
    version: 'test',
    instance: 'mixer-test',
    config: configOf(source.port(), options.certDir),
    log: silentLog,
    clock: systemClock,
    random: () => 0.5,
    metrics,
    shutdown: new AbortController().signal,
  });
  for (const component of app.components) await component.start?.();
  const channel = createChannel({ address: `127.0.0.1:${app.server.port()}` });
  let generation = 0;
  return {
    app,
    channel,
    configure: async (...yaml) => {
      const objects = [...yaml, markerRule(++generation)].flatMap(objectsOf);
      snapshots.publish(objects);
      await eventually(() => isAtWork(app, objects, generation));
    },
    meshMetrics: async () => (await fetch(`http://127.0.0.1:${app.metricsServer.port()}/metrics`)).text(),
    ownMetrics: () => metrics.text(),
    stop: async () => {
      channel.close();
      await stopAll([...app.components].reverse());
      await stopAll([source]);
      await metrics.shutdown();
    },
  };
}

async function startSource(snapshots: Snapshots): Promise<GrpcServer> {
  const server = createGrpcServer({ name: 'mcp', address: '127.0.0.1:0', log: silentLog });
  server.add(ResourceSource, createMcpSource({ snapshots, log: silentLog, clock: systemClock }));
  await server.start?.();
  return server;
}

function configOf(sourcePort: number, certDir: string | undefined) {
  const argv = [
    certDir === undefined ? '--insecure' : `--cert-dir=${certDir}`,
    `--configStoreURL=mcp://127.0.0.1:${sourcePort}`,
    '--address=127.0.0.1:0',
    '--metrics-address=127.0.0.1:0',
    '--config-quiet-period=20ms',
  ];
  const parsed = extendConfig(CONFIG, SERVICE_OPTIONS).parse('mixer', { argv, env: {} });
  if (parsed.kind !== 'values') throw new Error(JSON.stringify(parsed));
  return parsed.values;
}

/** A rule in a namespace of its own that says which configuration is at work. */
function markerRule(generation: number): string {
  return `
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: generation-${generation}, namespace: marker }
spec: { match: 'false' }
`;
}

/** Whether the table holds this configuration with all its collections. */
function isAtWork({ runtime }: MixerApp, objects: readonly ConfigObject[], generation: number): boolean {
  const snapshot = runtime.current();
  if (snapshot === undefined) return false;
  const { counts } = snapshot.table;
  const number = (kind: string) => objects.filter((object) => object.kind === kind).length;
  return (
    snapshot.rulesFor('marker').some(({ name }) => name === `generation-${generation}.rule.marker`) &&
    counts.rules === number('rule') &&
    counts.handlers === number('handler') &&
    counts.instances === number('instance')
  );
}

async function stopAll(components: readonly Component[]): Promise<void> {
  for (const component of components) await component.stop?.(AbortSignal.timeout(1000));
}
