import { describe, expect, it } from 'vitest';
import { named, planOf, serviceYaml, sidecar } from '../fixture/world.ts';
import type { AccessPlan } from './access-types.ts';

const SERVICES =
  serviceYaml({ name: 'web', endpoints: ['10.0.0.1'] }) +
  serviceYaml({ name: 'db', endpoints: ['10.0.0.1'], port: 5432, protocol: 'TCP' });

const policy = (spec: string, name = 'p', namespace = 'default') => `
---
apiVersion: security.istio.io/v1beta1
kind: AuthorizationPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
`;

/** What stands before the HTTP and the TCP port of a workload labelled `app: client` that has these policies. */
function access(yaml: string, mesh = {}): { http: readonly AccessPlan[]; tcp: readonly AccessPlan[] } {
  const { listeners, routeTables } = planOf({ yaml: SERVICES + yaml, mesh }, sidecar());
  const { chains } = named(listeners, 'virtualInbound');
  const table = named(routeTables, 'inbound|9080|http|web.default.svc.cluster.local');
  return { http: table.access, tcp: named(chains, '5432-plaintext').access };
}

const rule = (text: string, mesh = {}) => {
  const { http, tcp } = access(policy(`{rules: [${text}]}`), mesh);
  return { http: http[0]?.policies[0], tcp: tcp[0]?.policies[0] };
};

const NEVER = { kind: 'any', of: [] };

describe('which policies hold for a workload', () => {
  it.each([
    ['none', '', 0],
    ['of its namespace', policy('{}'), 1],
    ['of the root namespace', policy('{}', 'p', 'istio-system'), 1],
    ['of another namespace', policy('{}', 'p', 'other'), 0],
    ['that selects it', policy('{selector: {matchLabels: {app: client}}}'), 1],
    ['that selects others', policy('{selector: {matchLabels: {app: other}}}'), 0],
  ])('%s', (_, yaml, count) => expect(access(yaml).http).toHaveLength(count));

  it('adds up what they allow, and names what it came from', () => {
    const { http } = access(policy('{rules: [{}]}', 'a') + policy('{rules: [{}, {}]}', 'b', 'istio-system'));
    expect(http).toMatchObject([
      {
        action: 'allow',
        policies: [
          { name: 'ns[default]-policy[a]-rule[0]' },
          { name: 'ns[istio-system]-policy[b]-rule[0]' },
          { name: 'ns[istio-system]-policy[b]-rule[1]' },
        ],
        sources: [
          'istio/security/v1beta1/authorizationpolicies/default/a',
          'istio/security/v1beta1/authorizationpolicies/istio-system/b',
        ],
      },
    ]);
  });

  it('denies all without rules, and allows all by an empty rule', () => {
    expect(access(policy('{}'))).toMatchObject({ http: [{ policies: [] }], tcp: [{ policies: [] }] });
    expect(rule('{}').http).toMatchObject({ source: { kind: 'always' }, operation: { kind: 'always' } });
  });
});

describe('a rule for HTTP', () => {
  it.each([
    ['exact', { kind: 'exact', value: '/exact' }, '/exact'],
    ['prefix', { kind: 'prefix', value: '/a' }, '/a*'],
    ['suffix', { kind: 'suffix', value: '.js' }, '*.js'],
    ['anything', { kind: 'present' }, '*'],
  ])('reads %s values', (_, match, value) => {
    expect(rule(`{to: [{operation: {paths: ['${value}']}}]}`).http?.operation).toEqual({
      kind: 'path',
      match,
    });
  });

  it('joins values by or, fields by and', () => {
    expect(
      rule('{to: [{operation: {methods: [GET, PUT], hosts: [a], ports: ["80"]}}]}').http?.operation,
    ).toEqual({
      kind: 'all',
      of: [
        { kind: 'host', match: { kind: 'exact', value: 'a' } },
        {
          kind: 'any',
          of: [
            { kind: 'method', match: { kind: 'exact', value: 'GET' } },
            { kind: 'method', match: { kind: 'exact', value: 'PUT' } },
          ],
        },
        { kind: 'destination-port', port: 80 },
      ],
    });
  });

  it('knows principals under every name of the mesh', () => {
    const { http } = rule('{from: [{source: {principals: [old/ns/default/sa/web]}}]}', {
      trustDomain: 'new',
      trustDomainAliases: ['old'],
    });
    expect(http?.source).toMatchObject({
      of: ['new', 'old', 'cluster.local'].map((domain) => ({
        match: { kind: 'exact', value: `spiffe://${domain}/ns/default/sa/web` },
      })),
    });
    expect(rule('{from: [{source: {principals: [foreign/ns/a/sa/b]}}]}').http?.source).toEqual({
      kind: 'principal',
      match: { kind: 'exact', value: 'spiffe://foreign/ns/a/sa/b' },
    });
  });

  it.each([
    ["{key: 'request.headers[X-A]', values: [v]}", { kind: 'header', name: 'x-a' }],
    ['{key: destination.port, values: ["1"]}', { kind: 'destination-port', port: 1 }],
    ['{key: destination.ip, values: [10.0.0.1]}', { kind: 'destination-ip', range: '10.0.0.1/32' }],
    ['{key: connection.sni, values: [a]}', { kind: 'server-name' }],
    ["{key: 'request.auth.claims[a]', values: [v]}", NEVER],
  ])('reads the condition %s', (when, operation) =>
    expect(rule(`{when: [${when}]}`).http?.operation).toMatchObject(operation),
  );

  it.each([
    ['{key: source.ip, values: [10.0.0.0/8]}', { kind: 'source-ip', range: '10.0.0.0/8' }],
    ['{key: source.namespace, values: [a]}', { kind: 'namespace' }],
    ['{key: source.principal, values: ["*"]}', { kind: 'principal', match: { kind: 'present' } }],
    [
      '{key: source.namespace, values: [a], notValues: [b]}',
      { kind: 'all', of: [{ kind: 'namespace' }, { kind: 'not' }] },
    ],
  ])('reads the condition %s', (when, source) =>
    expect(rule(`{when: [${when}]}`).http?.source).toMatchObject(source),
  );
});

describe('what cannot be checked', () => {
  it.each([
    ['methods', '{to: [{operation: {methods: [GET]}}]}'],
    ['paths', '{to: [{operation: {notPaths: [/a]}}]}'],
    ['headers', "{when: [{key: 'request.headers[a]', values: [b]}]}"],
  ])('a TCP port is never opened by a rule about %s', (_, text) => {
    expect(rule(text).tcp?.operation).toEqual(NEVER);
  });

  it('opens nothing: a rule about tokens of end users', () => {
    expect(rule('{from: [{source: {requestPrincipals: [a]}}]}').http?.source).toEqual(NEVER);
  });

  it('denies more rather than less', () => {
    const { http, tcp } = access(policy('{action: DENY, rules: [{to: [{operation: {paths: [/a]}}]}]}'));
    expect(http).toMatchObject([{ action: 'deny', policies: [{ operation: { kind: 'path' } }] }]);
    expect(tcp).toMatchObject([{ action: 'deny', policies: [{ operation: { kind: 'always' } }] }]);
  });

  it.each([
    ['an unknown decision', policy('{action: CUSTOM, provider: {name: x}, rules: [{}]}')],
    [
      'a policy about tokens',
      '\n---\napiVersion: authentication.istio.io/v1alpha1\nkind: MeshPolicy\nmetadata: {name: default}\nspec: {origins: [{jwt: {issuer: a}}]}\n',
    ],
  ])('refuses everybody: %s', (_, yaml) => {
    const refused = { action: 'allow', policies: [] };
    expect(access(yaml)).toMatchObject({ http: [refused], tcp: [refused] });
  });

  it('is denied before anything is allowed', () => {
    const { http } = access(policy('{rules: [{}]}', 'a') + policy('{action: DENY, rules: [{}]}', 'b'));
    expect(http.map(({ action }) => action)).toEqual(['deny', 'allow']);
  });
});

it('changes no listener: open connections are not drained, and their next request is judged anew', () => {
  const { listeners } = planOf({ yaml: SERVICES }, sidecar());
  const http = (all: typeof listeners) => named(named(all, 'virtualInbound').chains, '9080-plaintext');
  const changed = planOf({ yaml: SERVICES + policy('{rules: [{}]}') }, sidecar());
  expect(http(changed.listeners)).toEqual(http(listeners));
  expect(changed.routeTables).not.toEqual(planOf({ yaml: SERVICES }, sidecar()).routeTables);
});
