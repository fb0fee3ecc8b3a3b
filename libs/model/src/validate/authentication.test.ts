import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

describe('Policy and its names', () => {
  it('has targets or the name "default", and not both', () => {
    expect(problems('Policy', '{targets: [{name: a}]}', 'default')).toEqual([
      'spec.targets: a policy named "default" has no targets, found 1',
    ]);
  });

  it.each([
    ['{issuer: a, jwksUri: "https://a.com/keys"}', []],
    ['{issuer: a}', []],
    ['{issuer: a, jwksUri: "https://[::1]:8443/k", jwtHeaders: [x], jwtParams: [y], audiences: [z]}', []],
    [
      '{issuer: a, jwksUri: "a.com/keys"}',
      ['spec.origins[0].jwt.jwksUri: expected an http or https URL, found "a.com/keys"'],
    ],
    [
      '{issuer: a, jwksUri: "https://"}',
      ['spec.origins[0].jwt.jwksUri: expected an http or https URL, found "https://"'],
    ],
    [
      '{issuer: a, jwksUri: "https://a:99999/"}',
      ['spec.origins[0].jwt.jwksUri: expected an http or https URL, found "https://a:99999/"'],
    ],
    [
      '{issuer: a, jwtHeaders: [""], jwtParams: [""]}',
      [
        'spec.origins[0].jwt.jwtHeaders[0]: expected a value, found an empty one',
        'spec.origins[0].jwt.jwtParams[0]: expected a value, found an empty one',
      ],
    ],
    [
      '{issuer: a, jwks: x, jwksUri: "http://a"}',
      [
        'warning spec.origins[0].jwt.jwks: expected a JSON Web Key Set, that is an object with the list "keys"',
        'warning spec.origins[0].jwt.jwks: expected one of jwks and jwksUri, found both; jwks counts',
      ],
    ],
  ])('takes the token %s', (jwt, expected) => {
    expect(problems('Policy', `{origins: [{jwt: ${jwt}}]}`)).toEqual(expected);
  });

  it('an issuer is unique over peers and origins', () => {
    expect(problems('Policy', '{peers: [{jwt: {issuer: a}}], origins: [{jwt: {issuer: a}}]}')).toEqual([
      'spec.origins[0].jwt.issuer: the issuer "a" is used already by spec.peers[0].jwt.issuer',
    ]);
  });
});

describe('PeerAuthentication', () => {
  it.each([
    ['{}', []],
    ['{mtls: {mode: STRICT}}', []],
    [
      '{selector: {matchLabels: {app: a}}, mtls: {mode: PERMISSIVE}, portLevelMtls: {8080: {mode: DISABLE}}}',
      [],
    ],
    [
      '{portLevelMtls: {8080: {mode: DISABLE}}}',
      ['spec.portLevelMtls: ports need a selector of workloads: expected spec.selector.matchLabels'],
    ],
    [
      '{selector: {matchLabels: {app: "", "": x}}, portLevelMtls: {0: {}, 70000: {}}}',
      [
        'spec.selector.matchLabels: expected a key, found an empty one',
        'spec.selector.matchLabels.app: expected a value, found an empty one',
        'spec.portLevelMtls["0"]: expected a port from 1 to 65535, found 0',
        'spec.portLevelMtls["70000"]: expected a port from 1 to 65535, found 70000',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('PeerAuthentication', spec).sort()).toEqual([...expected].sort());
  });
});

describe('RequestAuthentication', () => {
  it.each([
    ['{}', []],
    [
      `{selector: {matchLabels: {app: a}}, jwtRules: [{issuer: a, jwksUri: "https://a/k", fromHeaders: [{name: x, prefix: "Bearer "}], fromParams: [t], outputPayloadToHeader: x-p, outputClaimToHeaders: [{header: x-s, claim: sub}], fromCookies: [c], timeout: 5s}, {issuer: b, jwks: '{"keys":[{"kty":"RSA"}]}'}]}`,
      [],
    ],
    ['{targetRefs: [{kind: Gateway, group: gateway.networking.k8s.io, name: a}]}', []],
    [
      `{jwtRules: [{}, {issuer: a, jwks: x, jwksUri: "http://a"}, {issuer: a, jwks: '{"keys":[{}]}'}]}`,
      [
        'spec.jwtRules[0].issuer: expected an issuer, found none',
        'spec.jwtRules[1].jwks: expected a JSON Web Key Set, that is an object with the list "keys"',
        'spec.jwtRules[1].jwks: expected one of jwks and jwksUri, found both',
        'spec.jwtRules[2].jwks: expected a key with "kty" at keys[0]',
        'spec.jwtRules[2].issuer: the issuer "a" is used already by spec.jwtRules[1].issuer',
      ],
    ],
    [
      '{jwtRules: [{issuer: a, audiences: [""], jwksUri: "file:///a", fromHeaders: [{}], fromParams: [""], outputClaimToHeaders: [{}], timeout: 0s}]}',
      [
        'spec.jwtRules[0].audiences[0]: expected a value, found an empty one',
        'spec.jwtRules[0].fromParams[0]: expected a value, found an empty one',
        'spec.jwtRules[0].jwksUri: expected an http or https URL, found "file:///a"',
        'spec.jwtRules[0].fromHeaders[0].name: expected the name of a header, found ""',
        'spec.jwtRules[0].outputClaimToHeaders[0].header: expected the name of a header, found ""',
        'spec.jwtRules[0].outputClaimToHeaders[0].claim: expected the name of a claim, found none',
        'spec.jwtRules[0].timeout: expected a duration of at least 1ms, found 0s',
      ],
    ],
    [
      '{selector: {}, targetRef: {kind: a, namespace: other}}',
      [
        'spec.targetRef: expected one of selector, targetRef and targetRefs, found several',
        'spec.targetRef.name: expected a name, found none',
        `spec.targetRef.namespace: expected none, or the policy's own namespace; found "other"`,
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('RequestAuthentication', spec)).toEqual(expected);
  });
});

describe('AuthorizationPolicy with what came later', () => {
  const to = '{to: [{operation: {methods: [GET]}}]}';
  it.each([
    [`{action: DENY, rules: [${to}]}`, []],
    [`{action: AUDIT, rules: [${to}]}`, []],
    ['{action: DENY, rules: [{}]}', []],
    [
      '{rules: [{to: [{operation: {notPaths: [/a], notMethods: [GET], notHosts: [b], notPorts: ["80"]}}]}]}',
      [],
    ],
    [
      '{rules: [{from: [{source: {notNamespaces: [a], notIpBlocks: ["fd00::/8"], remoteIpBlocks: [1.1.1.1]}}]}]}',
      [],
    ],
    [
      '{rules: [{when: [{key: source.namespace, notValues: [a]}, {key: connection.sni, values: ["*.a.com"]}]}]}',
      [],
    ],
    ['{rules: [{when: [{key: source.user, values: [a]}, {key: destination.ip, values: [10.0.0.1]}]}]}', []],
    [
      '{action: DENY}',
      ['spec.rules: DENY without rules fits no request: expected at least one rule, "{}" for all'],
    ],
    [
      '{action: AUDIT}',
      ['warning spec.rules: AUDIT without rules fits no request: expected at least one rule, "{}" for all'],
    ],
    [
      `{action: CUSTOM, rules: [${to}]}`,
      ['spec.provider.name: CUSTOM needs the name of a provider, found none'],
    ],
    [`{action: CUSTOM, provider: {name: a}, rules: [${to}]}`, []],
    [`{provider: {name: a}, rules: [${to}]}`, ['spec.provider: ALLOW has no provider: expected none']],
    [
      '{rules: [{from: [{source: {serviceAccounts: [a], namespaces: [b]}}]}]}',
      ['spec.rules[0].from[0].source.namespaces: service accounts stand alone: expected none'],
    ],
    ['{rules: [{to: [{operation: {paths: ["/a/{*}/b"]}}]}]}', []],
    [
      '{rules: [{when: [{}, {key: "request.headers[]", values: [""]}, {key: remote.ip, values: [x]}]}]}',
      [
        expect.stringMatching(/^spec\.rules\[0\]\.when\[0\]\.key: expected one of .*; found none$/),
        'spec.rules[0].when[0].values: expected at least one value, found none',
        expect.stringMatching(/^spec\.rules\[0\]\.when\[1\]\.key: .*; found "request\.headers\[\]"$/),
        'spec.rules[0].when[1].values[0]: expected a value, found an empty one',
        'spec.rules[0].when[2].values[0]: expected an IP address or a range such as 10.0.0.0/8, found "x"',
      ],
    ],
    [
      '{rules: [{when: [{key: "request.auth.claims[a][b]", values: [x]}, {key: "experimental.envoy.filters.network.mysql_proxy[a.b]", values: [x]}]}]}',
      [],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('AuthorizationPolicy', spec)).toEqual(expected);
  });
});
