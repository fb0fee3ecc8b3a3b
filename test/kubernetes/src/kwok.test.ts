import { eventually } from '@quintet/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CONFIG_MAPS } from './kube-types.ts';
import { type FakeNodes, startFakeNodes } from './kwok.ts';

const PODS = { ...CONFIG_MAPS, plural: 'pods', kind: 'Pod' };

let plane: ControlPlane;
let nodes: FakeNodes;
beforeAll(async () => {
  plane = await startControlPlane();
  nodes = await startFakeNodes(plane, { nodes: 2 });
});
afterAll(async () => {
  await nodes?.stop();
  await plane?.stop();
});

describe('a fake node', () => {
  it('runs pods, with an address', async () => {
    for (const [index, nodeName] of nodes.names.entries()) {
      await plane.client.create(PODS, {
        metadata: { namespace: 'default', name: `p-${index}` },
        spec: { nodeName, containers: [{ name: 'c', image: 'none' }] },
      });
    }
    const running = await eventually(
      async () => {
        const { objects } = await plane.client.list(PODS, { fieldSelector: 'status.phase=Running' });
        return objects.length === 2 && objects;
      },
      { timeoutMs: 20_000 },
    );
    for (const { json } of running)
      expect(json.status).toMatchObject({ podIP: expect.stringMatching(/^10\./) });
  });
});
