import { describe, expect, it } from 'vitest';
import { named, planOf, router, serviceYaml, sidecar } from '../fixture/world.ts';
import type { HttpBody, ListenerPlan } from './types.ts';

const SERVER = 'istio-policy.istio-system.svc.cluster.local:9091';
const MESH = { mixerCheckServer: SERVER, mixerReportServer: SERVER, disablePolicyChecks: false };
const SERVICES = [
  serviceYaml({ name: 'istio-policy', namespace: 'istio-system', protocol: 'GRPC', port: 9091 }),
  serviceYaml({ name: 'web', endpoints: ['10.0.0.1'] }),
].join('');

const rule = (match: string, template = 'checknothing', namespace = 'istio-system') => `${SERVICES}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: i, namespace: ${namespace}}
spec: {compiledTemplate: ${template}}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: r, namespace: ${namespace}}
spec:
  match: ${JSON.stringify(match)}
  actions: [{handler: h, instances: [i]}]
`;

const QUOTA = `
---
apiVersion: config.istio.io/v1alpha2
kind: QuotaSpec
metadata: {name: limit, namespace: default}
spec: {rules: [{quotas: [{quota: requestcount, charge: 1}]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: QuotaSpecBinding
metadata: {name: limit, namespace: default}
spec:
  quotaSpecs: [{name: limit}]
  services: [{name: web}]
`;

function httpOf(listener: ListenerPlan): HttpBody {
  const body = listener.chains.map((chain) => chain.body).find(({ kind }) => kind === 'http');
  if (body?.kind !== 'http') throw new Error('no HTTP chain');
  return body;
}

function inbound(yaml: string, mesh = {}, metadata = {}) {
  const plan = planOf({ yaml, mesh: { ...MESH, ...mesh } }, sidecar({ metadata }));
  const body = httpOf(named(plan.listeners, 'virtualInbound'));
  const route = named(plan.routeTables, body.routeTable).virtualHosts[0]?.routes[0];
  return { body, route };
}

describe('whether an inbound route asks mixer', () => {
  it.each([
    ['without rules', SERVICES, 'skipped'],
    ['by a rule without a match', rule(''), 'asked'],
    [
      'by a rule for its service',
      rule('destination.service.host == "web.default.svc.cluster.local"'),
      'asked',
    ],
    [
      'by a rule for another service',
      rule('destination.service.host == "db.default.svc.cluster.local"'),
      'skipped',
    ],
    ['by a rule about the request', rule('request.headers["x"] == "y"'), 'asked'],
    ['by a rule for its labels', rule('destination.labels["app"] == "web"'), 'asked'],
    ['by a rule for other labels', rule('destination.labels["app"] == "db"'), 'skipped'],
    ['by a rule for the other side', rule('context.reporter.kind == "outbound"'), 'skipped'],
    ['by a rule for another port', rule('destination.port == 1'), 'asked'],
    ['by a rule that cannot be read', rule('destination.service.host == '), 'asked'],
    ['by a rule with an unknown attribute', rule('no.such.attribute == "a"'), 'asked'],
    ['by a rule that only reports', rule('', 'metric'), 'skipped'],
    ['by a rule of another namespace', rule('', 'checknothing', 'other'), 'skipped'],
    ['by a quota without a binding', rule('', 'quota'), 'skipped'],
    ['by a quota with a binding', rule('', 'quota') + QUOTA, 'asked'],
  ])('%s: %s', (_, yaml, expected) => expect(inbound(yaml).route?.context.check).toBe(expected));

  it.each([
    ['policy checks are disabled', { disablePolicyChecks: true }, {}, 'absent'],
    ['no server is named', { mixerCheckServer: '' }, {}, 'absent'],
    ['the workload switches them off', {}, { 'policy.istio.io/check': 'disable' }, 'absent'],
    [
      'the workload switches them on',
      { disablePolicyChecks: true },
      { 'policy.istio.io/check': 'enable' },
      'asked',
    ],
  ])('%s', (_, mesh, metadata, expected) =>
    expect(inbound(rule(''), mesh, metadata).route?.context.check).toBe(expected),
  );

  it('names the quota specs of the service', () => {
    expect(inbound(SERVICES + QUOTA).route?.context.attributes).toMatchObject({
      'destination.service.host': 'web.default.svc.cluster.local',
      'destination.service.uid': 'istio://default/services/web',
      'quintet.quota_specs': 'default/limit',
    });
  });
});

describe('how mixer is asked', () => {
  it('fails closed unless the mesh says otherwise', () => {
    expect(inbound(rule('')).body.check).toMatchObject({
      cluster: 'outbound|9091||istio-policy.istio-system.svc.cluster.local',
      authority: SERVER,
      failOpen: false,
    });
    expect(inbound(rule(''), { policyCheckFailOpen: true }).body.check).toMatchObject({ failOpen: true });
  });

  it('keeps the cluster of a server that exists nowhere, without endpoints', () => {
    const plan = planOf({ yaml: '', mesh: MESH }, sidecar());
    expect(named(plan.clusters, 'outbound|9091||istio-policy.istio-system.svc.cluster.local')).toMatchObject({
      discovery: { kind: 'fixed', groups: [] },
    });
  });

  it('refuses rather than asks nobody where the server cannot be read', () => {
    const broken = inbound(rule(''), { mixerCheckServer: 'istio-policy:' });
    expect(broken.body.check?.cluster).toBe('outbound|9091||istio-policy:');
    expect(broken.route?.context.check).toBe('asked');
  });

  it('asks at a router, and not at the client of a sidecar', () => {
    const gateway = `
---
apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: {name: gw, namespace: istio-system}
spec: {selector: {}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}
`;
    const atEdge = planOf({ yaml: rule('') + gateway, mesh: MESH }, router());
    expect(httpOf(named(atEdge.listeners, '0.0.0.0_80')).check).toBeDefined();
    const client = planOf({ yaml: rule(''), mesh: MESH }, sidecar());
    expect(httpOf(named(client.listeners, '0.0.0.0_9080')).check).toBeUndefined();
  });

  it('is not asked by mixer itself, and hears no report of it', () => {
    const mixer = sidecar({ namespace: 'istio-system', addresses: ['10.0.1.1'] });
    const plan = planOf({ yaml: rule(''), mesh: MESH }, mixer);
    const { check, report } = httpOf(named(plan.listeners, 'virtualInbound'));
    expect({ check, report }).toEqual({ check: undefined, report: undefined });
  });

  it('hears from both sides who reports', () => {
    expect(inbound(SERVICES).body.report?.attributes).toMatchObject({
      'context.reporter.kind': 'inbound',
      'destination.uid': 'kubernetes://client-1.default',
      'destination.ip': '10.0.0.1',
      'destination.port': '9080',
    });
    const plan = planOf({ yaml: SERVICES, mesh: MESH }, sidecar());
    expect(httpOf(named(plan.listeners, '0.0.0.0_9080')).report?.attributes).toMatchObject({
      'context.reporter.kind': 'outbound',
      'source.uid': 'kubernetes://client-1.default',
      'source.workload.name': 'client',
    });
  });
});
