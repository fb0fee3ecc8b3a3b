import { PolicySchema } from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import { validateMeshPolicy, validatePolicy } from '../validate/authentication-policy.ts';
import { defineKind } from './kind.ts';
import { normalisePeers } from './normalise-peers.ts';

const api = { group: 'authentication.istio.io', versions: ['v1alpha1'], schema: PolicySchema } as const;

export const POLICY = defineKind({
  ...api,
  kind: 'Policy',
  plural: 'policies',
  collection: 'istio/authentication/v1alpha1/policies',
  normalise: normalisePeers,
  validate: validatePolicy,
});

export const MESH_POLICY = defineKind({
  ...api,
  kind: 'MeshPolicy',
  plural: 'meshpolicies',
  scope: 'cluster',
  collection: 'istio/authentication/v1alpha1/meshpolicies',
  normalise: normalisePeers,
  validate: validateMeshPolicy,
});
