import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubeObject, ResourceType } from '@quintet/kube';
import { eventually, makeTempDir } from '@quintet/testkit';
import { KWOK, pathOfBinary } from './binaries.ts';
import type { ControlPlane } from './cluster.ts';
import { createProgram } from './program.ts';

/** Fake nodes: pods that name one of them run, have an address, and cost nothing. */
export type FakeNodes = {
  /** Names for `spec.nodeName` of pods. */
  readonly names: readonly string[];
  stop(): Promise<void>;
};

const NODES: ResourceType = { group: '', version: 'v1', plural: 'nodes', kind: 'Node', scope: 'cluster' };
const MARK = { 'kwok.x-k8s.io/node': 'fake' };
const READY_MS = 60_000;

/** Adds fake nodes to a control plane and waits until they are ready. */
export async function startFakeNodes(
  plane: ControlPlane,
  options: { readonly nodes: number },
): Promise<FakeNodes> {
  const dir = await makeTempDir('kwok');
  const config = join(dir.path, 'kwok.json');
  const kind = { apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration' };
  await writeFile(config, JSON.stringify({ ...kind, options: { enableCRDs: [] } }));
  const selector = Object.entries(MARK).map(([key, value]) => `${key}=${value}`);
  const program = createProgram({
    path: pathOfBinary(KWOK),
    logFile: join(dir.path, 'kwok.log'),
    args: [
      ...['--kubeconfig', plane.kubeconfig, '--config', config],
      ...['--manage-nodes-with-annotation-selector', ...selector],
      ...['--node-ip', '127.0.0.1', '--cidr', '10.100.0.0/14', '--server-address', '127.0.0.1:0'],
    ],
  });
  const names = Array.from({ length: options.nodes }, (_, index) => `fake-${index + 1}`);
  program.start();
  const stop = async () => {
    await program.kill();
    await dir.remove();
  };
  try {
    for (const name of names) await plane.client.create(NODES, fakeNode(name));
    const ready = async () =>
      (await plane.client.list(NODES)).objects.filter(isReady).length === names.length;
    await eventually(ready, { timeoutMs: READY_MS, everyMs: 200 });
  } catch (cause) {
    const log = await program.log();
    await stop();
    throw new Error(`the fake nodes do not become ready:\n${log}`, { cause });
  }
  return { names, stop };
}

function fakeNode(name: string) {
  const resources = { cpu: '32', memory: '256Gi', pods: '1000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: MARK, labels: { 'kubernetes.io/hostname': name } },
    status: { allocatable: resources, capacity: resources },
  };
}

function isReady({ json }: Pick<KubeObject, 'json'>): boolean {
  const { status } = json;
  const conditions =
    typeof status === 'object' && status !== null && 'conditions' in status ? status.conditions : [];
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (each) =>
        typeof each === 'object' &&
        each !== null &&
        'type' in each &&
        each.type === 'Ready' &&
        each.status === 'True',
    )
  );
}
