import { describe, expect, it } from 'vitest';
import { problems } from './testing-problems.ts';

describe('ServiceRole', () => {
  it.each([
    [
      '{rules: [{services: ["*"], methods: [GET], ports: [0, 65535], constraints: [{key: "request.headers[x]", values: [a]}]}]}',
      [],
    ],
    ['{rules: [{services: [a], paths: [/a], notPaths: [/b], hosts: [a], notHosts: [b]}]}', []],
    ['{}', ['spec.rules: expected at least one rule, found none']],
    [
      '{rules: [{services: [a], methods: [GET], notMethods: [PUT], ports: [1], notPorts: [2]}]}',
      [
        'spec.rules[0].notMethods: expected one of methods and notMethods, found both',
        'spec.rules[0].notPorts: expected one of ports and notPorts, found both',
      ],
    ],
    [
      '{rules: [{services: [a], ports: [-1, 65536], constraints: [{}, {key: destination.port, values: ["1"]}]}]}',
      [
        'spec.rules[0].ports[0]: expected a port from 0 to 65535, found -1',
        'spec.rules[0].ports[1]: expected a port from 0 to 65535, found 65536',
        'spec.rules[0].constraints[0].key: expected a key, found none',
        'spec.rules[0].constraints[0].values: expected at least one value, found none',
        'spec.rules[0].constraints[1].key: the rule has ports already: expected another key than "destination.port"',
      ],
    ],
    [
      '{rules: [{}]}',
      ['warning spec.rules[0].services: expected at least one service, found none: the rule fits nothing'],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('ServiceRole', spec)).toEqual(expected);
  });
});

describe('ServiceRoleBinding', () => {
  const roleRef = 'roleRef: {kind: ServiceRole, name: a}';
  it.each([
    [`{subjects: [{user: "*"}], ${roleRef}}`, []],
    [`{subjects: [{properties: {source.principal: a}}], ${roleRef}}`, []],
    ['{subjects: [{names: [a], namespaces: [b], notIps: [10.0.0.0/8]}], role: a}', []],
    ['{subjects: [{groups: [a]}], actions: [{services: [a]}]}', []],
    [
      '{}',
      [
        'spec.subjects: expected at least one subject, found none',
        'spec: expected one of roleRef, role and actions, found none',
      ],
    ],
    [
      `{subjects: [{}, {names: ["*"]}, {notNames: ["*"]}], ${roleRef}, role: b}`,
      [
        'spec.subjects[0]: expected at least one field, found none',
        'spec.subjects[1].names[0]: expected a name, found "*": user "*" is everyone',
        'spec.subjects[2].notNames[0]: expected a name, found "*": user "*" is everyone',
        'spec: expected one of roleRef, role and actions, found 2',
      ],
    ],
    [
      '{subjects: [{names: [a], notNames: [b], namespaces: [a], properties: {source.principal: a, source.namespace: b, constructor: c}, ips: [x]}], roleRef: {kind: Role}}',
      [
        'spec.subjects[0].notNames: expected one of names and notNames, found both',
        'spec.subjects[0].ips[0]: expected an IP address or a range such as 10.0.0.0/8, found "x"',
        'spec.subjects[0].properties["source.namespace"]: the subject has namespaces already: expected one of the two',
        'spec.subjects[0].properties["source.principal"]: the subject has names already: expected one of the two',
        'spec.roleRef.kind: expected "ServiceRole", found "Role"',
        'spec.roleRef.name: expected the name of a ServiceRole, found none',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems('ServiceRoleBinding', spec)).toEqual(expected);
  });
});

describe.each(['RbacConfig', 'ClusterRbacConfig'])('%s', (kind) => {
  it.each([
    ['{mode: "ON"}', 'default', []],
    ['{}', 'default', []],
    ['{mode: ON_WITH_INCLUSION, inclusion: {}}', 'default', []],
    ['{mode: "ON"}', 'x', [`metadata.name: the ${kind} is named "default", found "x"`]],
    [
      '{mode: ON_WITH_INCLUSION, exclusion: {}}',
      'default',
      ['spec.inclusion: ON_WITH_INCLUSION needs inclusion, found none'],
    ],
    [
      '{mode: ON_WITH_EXCLUSION}',
      'default',
      ['spec.exclusion: ON_WITH_EXCLUSION needs exclusion, found none'],
    ],
  ])('%s named %s', (spec, name, expected) => {
    expect(problems(kind, spec, name)).toEqual(expected);
  });
});
