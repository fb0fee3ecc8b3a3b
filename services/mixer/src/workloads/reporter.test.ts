import { describe, expect, it } from 'vitest';
import type { WorkloadInstance } from './instances.ts';
import { judgeReporter, parseProxyNode } from './reporter.ts';
import { provenPeer } from './workload-attributes.ts';

const REVIEWS = 'spiffe://cluster.local/ns/default/sa/reviews';
const known: WorkloadInstance = {
  address: '10.0.0.1',
  name: 'reviews-v1',
  namespace: 'default',
  uid: 'kubernetes://reviews-v1.default',
  labels: { app: 'reviews' },
  serviceAccount: REVIEWS,
  workloadName: 'reviews-v1',
  workloadNamespace: 'default',
};
const instances = new Map([[known.address, known]]);

function node(id: string) {
  const parsed = parseProxyNode(id, { WORKLOAD_NAME: 'w', LABELS: { app: 'x', n: 1 } });
  if (parsed === undefined) throw new Error(`no node id: ${id}`);
  return parsed;
}

describe('judgeReporter', () => {
  it.each([
    ['the account of its address', 'sidecar~10.0.0.1~reviews-v1-abc.default~d', REVIEWS, true],
    ['another account at its address', 'sidecar~10.0.0.1~reviews-v1.default~d', `${REVIEWS}x`, false],
    ['another namespace', 'sidecar~10.0.0.9~x.other~d', REVIEWS, false],
    ['an unknown address of its namespace', 'sidecar~10.0.0.9~x.default~d', REVIEWS, true],
    ['no workload identity', 'sidecar~10.0.0.9~x.default~d', 'spiffe://cluster.local/admin', false],
    ['no certificate on a port that asks for none', 'sidecar~10.0.0.9~x.default~d', undefined, true],
  ])('%s', (_what, id, spiffeId, accepted) => {
    expect(judgeReporter(node(id), spiffeId, instances).accepted).toBe(accepted);
  });

  it('takes workload and labels from configuration, else from the node', () => {
    const atKnown = judgeReporter(node('sidecar~10.0.0.1~pod.default~d'), REVIEWS, instances);
    expect(atKnown).toMatchObject({
      instance: { name: 'pod', workloadName: 'reviews-v1', labels: { app: 'reviews' } },
    });
    const elsewhere = judgeReporter(node('sidecar~10.0.0.9~pod.default~d'), REVIEWS, instances);
    expect(elsewhere).toMatchObject({
      instance: { workloadName: 'w', labels: { app: 'x' }, serviceAccount: REVIEWS },
    });
  });

  it.each(['', 'sidecar~10.0.0.1~pod~d', 'sidecar~10.0.0.1', 'a~b~c.d~e~f'])(
    'reads no node out of %j',
    (id) => {
      expect(parseProxyNode(id, {})).toBeUndefined();
    },
  );
});

describe('provenPeer', () => {
  it('believes an instance only with the certificate of its account', () => {
    expect(provenPeer(known, REVIEWS)).toBe(known);
    expect(provenPeer(known, undefined)).toBeUndefined();
    expect(provenPeer(known, `${REVIEWS}x`)).toBeUndefined();
    expect(provenPeer({ ...known, serviceAccount: '' }, REVIEWS)).toBeUndefined();
  });
});
