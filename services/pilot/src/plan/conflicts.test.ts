import { describe, expect, it } from 'vitest';
import { planOf, serviceYaml, sidecar } from '../fixture/world.ts';

const issues = (yaml: string, proxy = sidecar()) =>
  planOf({ yaml }, proxy).issues.map(
    ({ code, resource, message }) => `${code} ${resource?.kind} ${resource?.name}: ${message}`,
  );

const own = (name: string, spec: string) => `
---
apiVersion: networking.istio.io/v1alpha3
kind: Sidecar
metadata: {name: ${name}, namespace: default}
spec: ${spec}
`;
const EGRESS = "egress: [{hosts: ['*/*']}]";
const HTTP_9080 = '{number: 9080, name: http, protocol: HTTP}';

describe('what a sidecar leaves out', () => {
  it.each([
    ['nothing', serviceYaml({ name: 'a' }) + serviceYaml({ name: 'b' }), []],
    [
      'a TCP service without an address of its own, behind an older one',
      serviceYaml({ name: 'a', protocol: 'TCP' }) + serviceYaml({ name: 'b', protocol: 'TCP' }),
      [
        'QTT3001 ServiceEntry b: b.default.svc.cluster.local: connections to 0.0.0.0_9080 go to outbound|9080||a.default.svc.cluster.local already',
      ],
    ],
    [
      'a protocol whose server speaks first, beside HTTP',
      serviceYaml({ name: 'a' }) + serviceYaml({ name: 'b', protocol: 'MYSQL' }),
      ['QTT3001 ServiceEntry b: b.default.svc.cluster.local: mysql cannot share 0.0.0.0_9080 with HTTP'],
    ],
    [
      'plaintext HTTP on 443',
      serviceYaml({ name: 'a', port: 443 }),
      [
        'QTT3001 ServiceEntry a: a.default.svc.cluster.local: plaintext HTTP on port 443 is left to TLS services',
      ],
    ],
    [
      'a second Sidecar that selects it',
      own('x', `{workloadSelector: {labels: {app: client}}, ${EGRESS}}`) +
        own('y', `{workloadSelector: {labels: {app: client}}, ${EGRESS}}`),
      ['IST0110 Sidecar y: a workload that it selects belongs to Sidecar x already'],
    ],
  ])('%s', (_, yaml, expected) => expect(issues(yaml)).toEqual(expected));

  it('an egress listener on the address and port of an ingress listener', () => {
    const yaml = own(
      'x',
      `{ingress: [{port: ${HTTP_9080}, bind: 127.0.0.9, captureMode: NONE, defaultEndpoint: '127.0.0.1:1'}],
        egress: [{port: ${HTTP_9080}, bind: 127.0.0.9, captureMode: NONE, hosts: ['*/*']}]}`,
    );
    const proxy = sidecar({ interceptionMode: 'NONE', addresses: ['127.0.0.9'] });
    expect(issues(yaml, proxy)).toEqual([
      'QTT3001 Sidecar x: 127.0.0.9_9080 is wanted by an ingress and an egress listener; the ingress listener has it',
    ]);
    const plan = planOf({ yaml }, proxy);
    expect(plan.listeners.find(({ name }) => name === '127.0.0.9_9080')?.direction).toBe('inbound');
  });
});
