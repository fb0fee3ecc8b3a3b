import { AuthorizationPolicySchema } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { validateAuthorizationPolicy } from '../validate/authorization-policy.ts';
import { defineKind } from './kind.ts';

export const AUTHORIZATION_POLICY = defineKind({
  group: 'security.istio.io',
  versions: ['v1beta1', 'v1'],
  kind: 'AuthorizationPolicy',
  plural: 'authorizationpolicies',
  shortNames: ['ap'],
  collection: 'istio/security/v1beta1/authorizationpolicies',
  schema: AuthorizationPolicySchema,
  validate: validateAuthorizationPolicy,
});
