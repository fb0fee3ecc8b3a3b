import { describe, expect, it } from 'vitest';
import { checkDocuments } from '../check.ts';
import { mayRestrict, unrealisedRestrictions } from './restrictions.ts';

const found = (kind: string, group: string, spec: string) =>
  checkDocuments(`apiVersion: ${group}\nkind: ${kind}\nmetadata: {name: default}\nspec: ${spec}\n`, {
    file: 'f.yaml',
  }).objects.flatMap((object) =>
    unrealisedRestrictions(object).map(({ severity, path }) => [severity, path]),
  );

describe('what restricts access and is not realised', () => {
  it.each([
    [
      'EnvoyFilter',
      'networking.istio.io/v1alpha3',
      '{configPatches: [{applyTo: CLUSTER, patch: {operation: REMOVE}}]}',
      [''],
    ],
    ['ClusterRbacConfig', 'rbac.istio.io/v1alpha1', '{mode: "ON"}', ['']],
    ['RequestAuthentication', 'security.istio.io/v1', '{}', ['']],
    ['PeerAuthentication', 'security.istio.io/v1', '{mtls: {mode: STRICT}}', ['spec.mtls.mode']],
    ['PeerAuthentication', 'security.istio.io/v1', '{mtls: {mode: PERMISSIVE}}', []],
    [
      'AuthorizationPolicy',
      'security.istio.io/v1',
      '{rules: [{from: [{source: {remoteIpBlocks: [10.0.0.0/8]}}], when: [{key: remote.ip, values: [10.0.0.1]}]}]}',
      ['spec.rules[0].from[0].source.remoteIpBlocks', 'spec.rules[0].when[0].key'],
    ],
    [
      'AuthorizationPolicy',
      'security.istio.io/v1',
      '{action: DENY, rules: [{to: [{operation: {paths: ["/a/{*}"], notPaths: ["/{**}"]}}]}]}',
      ['spec.rules[0].to[0].operation.paths[0]', 'spec.rules[0].to[0].operation.notPaths[0]'],
    ],
    ['Policy', 'authentication.istio.io/v1alpha1', '{peerIsOptional: true, peers: [{mtls: {}}]}', []],
    ['denier', 'config.istio.io/v1alpha2', '{status: {code: 7}}', ['']],
    ['metric', 'config.istio.io/v1alpha2', '{value: "1"}', []],
  ])('%s %s %s', (kind, group, spec, paths) => {
    expect(found(kind, group, spec)).toEqual(paths.map((path) => ['error', path]));
  });

  it('is known by kind', () => {
    const kinds = [
      'EnvoyFilter',
      'PeerAuthentication',
      'Gateway',
      'MeshConfig',
      'ServiceEntry',
      'ServiceRole',
    ];
    expect(kinds.filter(mayRestrict)).toEqual(['EnvoyFilter', 'PeerAuthentication', 'Gateway', 'MeshConfig']);
  });
});
