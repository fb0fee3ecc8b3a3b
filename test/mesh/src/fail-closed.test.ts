import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCAL_CONFIG } from './harness/checkout.ts';
import { describeFailures, type Load, startLoad } from './harness/load.ts';
import { refusal } from './harness/mixer-rule.ts';
import { useMesh } from './harness/use-mesh.ts';

const settings = readFileSync(join(LOCAL_CONFIG, 'meshconfig.yaml'), 'utf8');

/** Ways from the gateway to two services, one of which has a rule that may refuse. */
const ROUTES = `
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: { name: direct, namespace: default }
spec:
  hosts: [direct.example.com]
  gateways: [bookinfo-gateway]
  http:
  - match: [{ uri: { prefix: /details } }]
    route: [{ destination: { host: details, port: { number: 9080 } } }]
  - match: [{ uri: { prefix: /ratings } }]
    route: [{ destination: { host: ratings, port: { number: 9080 } } }]
`;

const mesh = useMesh({
  upArgs: ['--restart-delay=15s'],
  files: {
    'meshconfig.yaml': settings.replace('policyCheckFailOpen: true', 'policyCheckFailOpen: false'),
    'direct.yaml': ROUTES,
    'guard.yaml': refusal(
      'guard',
      'destination.labels["app"] == "details" && request.headers["end-user"] == "refused"',
    ),
  },
});

describe('mixer killed under load, failing closed', () => {
  it('refuses the requests that a rule can match, and no other', async () => {
    const guarded = startLoad(direct('/details/0'));
    const free = startLoad(direct('/ratings/0'));
    try {
      await bothMore(guarded, free);
      expect(describeFailures(guarded.failures)).toEqual([]);
      await mesh().kill('mixer');
      const downAt = Date.now();
      await bothMore(guarded, free);
      const downUntil = Date.now();
      await mesh().ready('mixer');
      await mesh().settled();
      const backAt = Date.now();
      await bothMore(guarded, free);
      await Promise.all([guarded.stop(), free.stop()]);
      expect(describeFailures(free.failures)).toEqual([]);
      expect(new Set(guarded.failures.map(({ status }) => status))).toEqual(new Set([503]));
      const failed = guarded.failures.map(({ sentAt }) => sentAt);
      expect(failed.filter((at) => at >= downAt && at < downUntil).length).toBeGreaterThanOrEqual(50);
      expect(failed.filter((at) => at >= backAt)).toEqual([]);
    } finally {
      await Promise.all([guarded.stop(), free.stop()]);
    }
  });
});

function direct(path: string) {
  const url = new URL(path, mesh().state.page).href;
  return { url, headers: { host: 'direct.example.com' }, perSecond: 25 };
}

async function bothMore(...loads: readonly Load[]): Promise<void> {
  await Promise.all(loads.map((load) => load.more(50)));
}
