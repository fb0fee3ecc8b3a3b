import { create } from '@bufbuild/protobuf';
import {
  type Principal,
  Principal_SetSchema,
  PrincipalSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import type { Condition, SourceFact, TextMatch } from '../plan/access-types.ts';
import { cidrRange } from './address.ts';
import { headerMatcher } from './header-matcher.ts';
import { stringMatcher } from './text-matcher.ts';

/** Who asks, as RBAC spells it. */
export function principal(condition: Condition<SourceFact>): Principal {
  return create(PrincipalSchema, { identifier: identifier(condition) });
}

function identifier(condition: Condition<SourceFact>): Principal['identifier'] {
  switch (condition.kind) {
    case 'always':
      return { case: 'any', value: true };
    case 'all':
      return condition.of.length === 0
        ? { case: 'any', value: true }
        : { case: 'andIds', value: set(condition.of) };
    case 'any':
      return condition.of.length === 0 ? nobody() : { case: 'orIds', value: set(condition.of) };
    case 'not':
      return { case: 'notId', value: principal(condition.of) };
    case 'principal':
      return authenticated(condition.match);
    case 'namespace':
      return authenticated({ kind: 'regex', value: namespacePattern(condition.match) });
    case 'source-ip':
      return { case: 'directRemoteIp', value: cidrRange(condition.range) };
    case 'header':
      return { case: 'header', value: headerMatcher(condition.name, condition.match) };
  }
}

function set(of: readonly Condition<SourceFact>[]) {
  return create(Principal_SetSchema, { ids: of.map(principal) });
}

function nobody(): Principal['identifier'] {
  return { case: 'notId', value: create(PrincipalSchema, { identifier: { case: 'any', value: true } }) };
}

/** `present` asks for any verified certificate. */
function authenticated(match: TextMatch): Principal['identifier'] {
  if (match.kind === 'present') return { case: 'authenticated', value: { $typeName: AUTHENTICATED } };
  return { case: 'authenticated', value: { $typeName: AUTHENTICATED, principalName: stringMatcher(match) } };
}

const AUTHENTICATED = 'envoy.config.rbac.v3.Principal.Authenticated';

/** The identities of a namespace: `spiffe://<trust domain>/ns/<namespace>/…`. */
function namespacePattern(match: TextMatch): string {
  switch (match.kind) {
    case 'exact':
      return `.*/ns/${quoted(match.value)}/.*`;
    case 'prefix':
      return `.*/ns/${quoted(match.value)}[^/]*/.*`;
    case 'suffix':
      return `.*/ns/[^/]*${quoted(match.value)}/.*`;
    case 'regex':
      return `.*/ns/(?:${match.value})/.*`;
    case 'present':
      return '.*/ns/[^/]+/.*';
  }
}

function quoted(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
