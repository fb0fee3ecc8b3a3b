import { AuthorizationPolicySchema } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { PeerAuthenticationSchema } from '@quintet/proto/istio/security/v1beta1/peer_authentication_pb.js';
import { RequestAuthenticationSchema } from '@quintet/proto/istio/security/v1beta1/request_authentication_pb.js';
import { validateAuthorizationPolicy } from '../validate/authorization-policy.ts';
import { validatePeerAuthentication } from '../validate/peer-authentication.ts';
import { validateRequestAuthentication } from '../validate/request-authentication.ts';
import { defineKind } from './kind.ts';

const api = { group: 'security.istio.io', versions: ['v1beta1', 'v1'] } as const;

export const AUTHORIZATION_POLICY = defineKind({
  ...api,
  kind: 'AuthorizationPolicy',
  plural: 'authorizationpolicies',
  shortNames: ['ap'],
  collection: 'istio/security/v1beta1/authorizationpolicies',
  schema: AuthorizationPolicySchema,
  validate: validateAuthorizationPolicy,
});

export const PEER_AUTHENTICATION = defineKind({
  ...api,
  kind: 'PeerAuthentication',
  plural: 'peerauthentications',
  shortNames: ['pa'],
  collection: 'istio/security/v1beta1/peerauthentications',
  schema: PeerAuthenticationSchema,
  validate: validatePeerAuthentication,
});

export const REQUEST_AUTHENTICATION = defineKind({
  ...api,
  kind: 'RequestAuthentication',
  plural: 'requestauthentications',
  shortNames: ['ra'],
  collection: 'istio/security/v1beta1/requestauthentications',
  schema: RequestAuthenticationSchema,
  validate: validateRequestAuthentication,
});
