import { describe, expect, it } from 'vitest';
import { named, serviceYaml, sidecar, snapshotOf } from '../fixture/world.ts';
import { scopeFor } from '../scope/scope-for.ts';
import { planProxy } from './plan-proxy.ts';
import { createSharedPlans, type SharedPlans } from './shared-plans.ts';

const config = (match: string) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: web, namespace: default}
spec: {hosts: [web], http: [{match: [${match}], route: [{destination: {host: web}}]}]}
`;
const one = sidecar();
const other = sidecar({
  addresses: ['10.0.0.2'],
  name: 'other-1',
  workloadName: 'other',
  labels: { app: 'other' },
});

function plans(yaml: string, shared: SharedPlans, proxies = [one, other]) {
  const snapshot = snapshotOf({ yaml: serviceYaml({ name: 'web' }) + yaml });
  return proxies.map((proxy) => planProxy(scopeFor(snapshot, proxy), { shared }));
}
const table = (plan: ReturnType<typeof planProxy> | undefined) => named(plan?.routeTables ?? [], '9080');
const cluster = (plan: ReturnType<typeof planProxy> | undefined) =>
  named(plan?.clusters ?? [], 'outbound|9080||web.default.svc.cluster.local');

describe('plans of proxies that see the same', () => {
  it('have the same clusters and tables, and listeners of their own', () => {
    const [first, second] = plans('', createSharedPlans());
    expect(table(second)).toBe(table(first));
    expect(cluster(second)).toBe(cluster(first));
    expect(second?.listeners).not.toEqual(first?.listeners);
  });

  it.each([
    ['the same routes', '{uri: {prefix: /a}}', true],
    ['routes by label', '{sourceLabels: {app: client}}', false],
  ])('share %s: %s', (_, match, same) => {
    const [first, second] = plans(config(match), createSharedPlans());
    expect(table(second) === table(first)).toBe(same);
    expect(cluster(second)).toBe(cluster(first));
  });

  it('are what they would be alone', () => {
    const yaml = config('{sourceLabels: {app: client}}');
    expect(plans(yaml, createSharedPlans())).toEqual(
      [one, other].flatMap((proxy) => plans(yaml, createSharedPlans(), [proxy])),
    );
  });

  it('outlive a snapshot that changes nothing for them, and are forgotten when nobody asks', () => {
    const generation = createSharedPlans();
    const [first] = plans('', generation);
    const next = createSharedPlans(generation);
    expect(table(plans('', next)[0])).toBe(table(first));
    const later = createSharedPlans(createSharedPlans(next));
    expect(table(plans('', later)[0])).not.toBe(table(first));
  });
});
