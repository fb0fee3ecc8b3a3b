import { type JsonValue, toJson } from '@bufbuild/protobuf';
import { PermissionSchema, PrincipalSchema } from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import { describe, expect, it } from 'vitest';
import type { Condition, OperationFact, SourceFact } from '../plan/access-types.ts';
import { permission } from './access-operation.ts';
import { principal } from './access-source.ts';

const exact = (value: string) => ({ kind: 'exact', value }) as const;

const SOURCES: readonly (readonly [string, Condition<SourceFact>, JsonValue])[] = [
  ['anybody', { kind: 'always' }, { any: true }],
  ['all of nothing holds', { kind: 'all', of: [] }, { any: true }],
  ['any of nothing does not hold', { kind: 'any', of: [] }, { notId: { any: true } }],
  [
    'one identity',
    { kind: 'principal', match: exact('spiffe://cluster.local/ns/a/sa/b') },
    { authenticated: { principalName: { exact: 'spiffe://cluster.local/ns/a/sa/b' } } },
  ],
  ['any verified identity', { kind: 'principal', match: { kind: 'present' } }, { authenticated: {} }],
  [
    'a namespace, its name taken literally',
    { kind: 'namespace', match: exact('a.b') },
    { authenticated: { principalName: { safeRegex: { regex: '.*/ns/a\\.b/.*' } } } },
  ],
  [
    'namespaces by prefix',
    { kind: 'namespace', match: { kind: 'prefix', value: 'team-' } },
    { authenticated: { principalName: { safeRegex: { regex: '.*/ns/team-[^/]*/.*' } } } },
  ],
  [
    'an address range but not one address',
    {
      kind: 'all',
      of: [
        { kind: 'source-ip', range: '10.0.0.0/8' },
        { kind: 'not', of: { kind: 'source-ip', range: '10.1.2.3' } },
      ],
    },
    {
      andIds: {
        ids: [
          { directRemoteIp: { addressPrefix: '10.0.0.0', prefixLen: 8 } },
          { notId: { directRemoteIp: { addressPrefix: '10.1.2.3', prefixLen: 32 } } },
        ],
      },
    },
  ],
];

const OPERATIONS: readonly (readonly [string, Condition<OperationFact>, JsonValue])[] = [
  ['anything', { kind: 'always' }, { any: true }],
  ['nothing', { kind: 'any', of: [] }, { notRule: { any: true } }],
  [
    'a method on paths by prefix',
    {
      kind: 'all',
      of: [
        { kind: 'method', match: exact('GET') },
        { kind: 'path', match: { kind: 'prefix', value: '/admin' } },
      ],
    },
    {
      andRules: {
        rules: [
          { header: { name: ':method', stringMatch: { exact: 'GET' } } },
          { urlPath: { path: { prefix: '/admin' } } },
        ],
      },
    },
  ],
  ['a port', { kind: 'destination-port', port: 9080 }, { destinationPort: 9080 }],
  [
    'a header that is there',
    { kind: 'header', name: 'x-user', match: { kind: 'present' } },
    { header: { name: 'x-user', presentMatch: true } },
  ],
];

describe('who asks', () => {
  it.each(SOURCES)('%s', (_, condition, expected) => {
    expect(toJson(PrincipalSchema, principal(condition))).toEqual(expected);
  });
});

describe('what is asked for', () => {
  it.each(OPERATIONS)('%s', (_, condition, expected) => {
    expect(toJson(PermissionSchema, permission(condition))).toEqual(expected);
  });
});
