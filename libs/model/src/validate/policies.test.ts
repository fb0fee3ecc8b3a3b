import { describe, expect, it } from 'vitest';
import { parseMeshConfig } from '../decode/mesh-config-file.ts';
import { problems } from './testing-problems.ts';

describe('Policy', () => {
  it.each([
    ['{peers: [{mtls: {}}]}', 'default', []],
    [
      '{targets: [{name: reviews, ports: [{number: 9080}, {name: http}]}], peers: [{mtls: {mode: PERMISSIVE}}]}',
      'x',
      [],
    ],
    ['{peers: [{mtls: {}}]}', 'x', ['metadata.name: a policy without targets is named "default", found "x"']],
    [
      '{targets: [{name: A.b, ports: [{number: 0}, {}]}], peers: [{}]}',
      'x',
      [
        'spec.targets[0].name: expected at most 63 letters, digits and "-", found "A.b"',
        'spec.targets[0].ports[0].number: expected a port from 1 to 65535, found 0',
        'spec.targets[0].ports[1]: expected number or name, found neither',
        'spec.peers[0]: expected mtls or jwt, found neither',
      ],
    ],
    [
      '{origins: [{}, {jwt: {}}, {jwt: {issuer: a, jwksUri: "ftp://x", audiences: [""]}}, {jwt: {issuer: a, triggerRules: [{includedPaths: [{regex: "("}, {}]}]}}]}',
      'default',
      [
        'spec.origins[0].jwt: expected a jwt, found none',
        'spec.origins[1].jwt.issuer: expected an issuer, found none',
        'spec.origins[2].jwt.audiences[0]: expected a value, found an empty one',
        'spec.origins[2].jwt.jwksUri: expected an http or https URL, found "ftp://x"',
        expect.stringMatching(
          /^spec\.origins\[3\]\.jwt\.triggerRules\[0\]\.includedPaths\[0\]\.regex: expected a regular/,
        ),
        'spec.origins[3].jwt.triggerRules[0].includedPaths[1]: expected exact, prefix, suffix or regex with a value',
        'spec.origins[3].jwt.issuer: the issuer "a" is used already by spec.origins[2].jwt.issuer',
      ],
    ],
  ])('%s named %s', (spec, name, expected) => {
    expect(problems('Policy', spec, name)).toEqual(expected);
  });

  it('MeshPolicy has one name and no targets', () => {
    expect(problems('MeshPolicy', '{peers: [{mtls: {}}]}')).toEqual([]);
    expect(problems('MeshPolicy', '{targets: [{name: a}]}', 'x')).toEqual([
      'metadata.name: a MeshPolicy is named "default", found "x"',
      'spec.targets: a MeshPolicy has no targets, found 1',
    ]);
  });
});

describe('AuthorizationPolicy', () => {
  it.each([
    ['{}', []],
    ['{selector: {matchLabels: {app: a}}, rules: [{}]}', []],
    [
      '{rules: [{from: [{source: {principals: ["*", "a/b/*", "*/c"], namespaces: [a], ipBlocks: [10.0.0.0/8, 1.2.3.4]}}], to: [{operation: {hosts: ["*.a.com"], ports: ["80"], methods: [GET], paths: ["/a*"]}}], when: [{key: "request.headers[x]", values: [y]}, {key: source.ip, values: [10.0.0.0/8]}]}]}',
      [],
    ],
    [
      '{selector: {matchLabels: {"": a, b: ""}}}',
      [
        'spec.selector.matchLabels: expected a key, found an empty one',
        'spec.selector.matchLabels.b: expected a value, found an empty one',
      ],
    ],
    [
      '{rules: [{from: [{}, {source: {}}, {source: {principals: ["", "a*b", "*a*"], ipBlocks: [x]}}]}]}',
      [
        'spec.rules[0].from[0].source: expected at least one field, found none',
        'spec.rules[0].from[1].source: expected at least one field, found none',
        'spec.rules[0].from[2].source.principals[0]: expected a value, found an empty one',
        'warning spec.rules[0].from[2].source.principals[1]: a star in the middle stands for itself: expected it at the beginning or the end, found "a*b"',
        'warning spec.rules[0].from[2].source.principals[2]: only one of two stars is a wildcard: expected one, found "*a*"',
        'spec.rules[0].from[2].source.ipBlocks[0]: expected an IP address or a range such as 10.0.0.0/8, found "x"',
      ],
    ],
    [
      '{rules: [{to: [{}, {operation: {ports: ["0", "http"]}}]}]}',
      [
        'spec.rules[0].to[0].operation: expected at least one field, found none',
        'spec.rules[0].to[1].operation.ports[0]: expected a port from 1 to 65535, found "0"',
        'spec.rules[0].to[1].operation.ports[1]: expected a port from 1 to 65535, found "http"',
      ],
    ],
    [
      '{rules: [{when: [{key: request.body, values: [a]}, {key: source.ip}, {key: destination.port, values: [x]}]}]}',
      [
        'spec.rules[0].when[0].key: expected one of source.ip, remote.ip, source.namespace, source.user, source.principal, request.auth.principal, request.auth.audiences, request.auth.presenter, destination.ip, destination.port, connection.sni, request.headers[name], request.auth.claims[name]; found "request.body"',
        'spec.rules[0].when[1].values: expected at least one value, found none',
        'spec.rules[0].when[2].values[0]: expected a port from 1 to 65535, found "x"',
      ],
    ],
    ['{rules: [{when: [{key: "request.auth.claims[iss]", values: [a]}]}]}', []],
  ])('%s', (spec, expected) => {
    expect(problems('AuthorizationPolicy', spec)).toEqual(expected);
  });
});

describe('the kinds of mixer', () => {
  it.each([
    [
      'QuotaSpec',
      '{rules: [{match: [{clause: {api.operation: {exact: a}}}], quotas: [{quota: q, charge: 1}]}]}',
      [],
    ],
    ['QuotaSpec', '{}', ['spec.rules: expected at least one rule, found none']],
    [
      'QuotaSpec',
      '{rules: [{match: [{}, {clause: {a: {}}}], quotas: [{charge: 0}]}]}',
      [
        'spec.rules[0].match[0].clause: expected at least one attribute, found none',
        'spec.rules[0].match[1].clause.a: expected exact, prefix or regex',
        'spec.rules[0].quotas[0].quota: expected the name of a quota, found none',
        'spec.rules[0].quotas[0].charge: expected a charge above 0, found 0',
      ],
    ],
    [
      'QuotaSpecBinding',
      '{services: [{name: a, namespace: b}, {service: "*"}], quotaSpecs: [{name: q}]}',
      [],
    ],
    [
      'QuotaSpecBinding',
      '{services: [{}, {service: a.b, namespace: b}], quotaSpecs: [{}]}',
      [
        'spec.services[0]: expected name or service, found neither',
        'spec.services[1].namespace: expected either service, or name with namespace and domain; found both',
        'spec.quotaSpecs[0].name: expected the name of a QuotaSpec, found none',
      ],
    ],
    ['rule', '{match: "true", actions: [{handler: h, instances: [i]}]}', []],
    ['rule', '{}', ['spec.actions: expected at least one action, found none']],
    [
      'rule',
      '{actions: [{instances: [""], name: a}, {handler: h, name: a}]}',
      [
        'spec.actions[0].handler: expected the name of a handler, found none',
        'spec.actions[0].instances[0]: expected the name of an instance, found an empty one',
        'spec.actions[1].name: the action "a" is used already by spec.actions[0].name',
      ],
    ],
    ['handler', '{compiledAdapter: denier, params: {}}', []],
    ['handler', '{}', ['spec: expected compiledAdapter or adapter, found neither']],
    [
      'instance',
      '{compiledTemplate: metric, template: x}',
      ['spec.template: expected one of compiledTemplate and template, found both'],
    ],
    ['attributemanifest', '{attributes: {request.path: {valueType: STRING}}}', []],
    [
      'attributemanifest',
      '{attributes: {"a..b": {}}}',
      [
        'spec.attributes["a..b"]: expected words joined by dots, found "a..b"',
        'spec.attributes["a..b"].valueType: expected a type, found none',
      ],
    ],
  ])('%s %s', (kind, spec, expected) => {
    expect(problems(kind, spec)).toEqual(expected);
  });
});

describe('MeshConfig', () => {
  it.each([
    ['connectTimeout: 31s', ['connectTimeout: expected at most 30s, found 31s']],
    ['mixerCheckServer: istio-policy.istio-system.svc.cluster.local:9091', []],
    ['mixerCheckServer: istio-policy', ['mixerCheckServer: expected host:port, found "istio-policy"']],
    ['proxyListenPort: 0', ['proxyListenPort: expected a port from 1 to 65535, found 0']],
    ['trustDomain: a_b', ['trustDomain: expected a DNS name, found "a_b"']],
    ['defaultServiceExportTo: [x, ns]', []],
    [
      'defaultVirtualServiceExportTo: ["~"]',
      ['defaultVirtualServiceExportTo[0]: expected ".", "*" or a namespace, found "~"'],
    ],
    [
      'defaultConfig: {drainDuration: 60s, parentShutdownDuration: 45s, concurrency: -1}',
      [
        'defaultConfig.concurrency: expected a number from 0, found -1',
        'defaultConfig.parentShutdownDuration: expected a longer duration than drainDuration',
      ],
    ],
    [
      'localityLbSetting: {distribute: [{from: "a/*", to: {"a/b": 60, "a/c": 30}}, {from: a/b/c, to: {x: 100}}]}',
      [
        'localityLbSetting.distribute[0].to: expected weights that are 100 together, found 90',
        'localityLbSetting.distribute[1].from: "a/b/c" overlaps with "a/*"',
      ],
    ],
    [
      'localityLbSetting: {failover: [{from: a, to: a}, {from: a/b, to: c}]}',
      [
        'localityLbSetting.failover[0].to: expected another region than "a"',
        'localityLbSetting.failover[1].from: expected the name of a region, found "a/b"',
      ],
    ],
  ])('%s', (text, expected) => {
    const { issues } = parseMeshConfig(text, { file: 'mesh' });
    expect(
      issues.filter((issue) => issue.code === 'IST0106').map(({ path, message }) => `${path}: ${message}`),
    ).toEqual(expected);
  });
});
