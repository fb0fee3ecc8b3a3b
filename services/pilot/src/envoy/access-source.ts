import { create } from '@bufbuild/protobuf';
import {
  type Principal,
  Principal_SetSchema,
  PrincipalSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import type { Condition, SourceFact, TextMatch } from '../plan/access-types.ts';
import { spellCondition } from './access-condition.ts';
import { cidrRange } from './address.ts';
import { headerMatcher } from './header-matcher.ts';
import { stringMatcher } from './text-matcher.ts';

/** Who asks, as RBAC spells it. */
export function principal(condition: Condition<SourceFact>): Principal {
  return spellCondition(condition, {
    always: () => identified({ case: 'any', value: true }),
    all: (ids) => identified({ case: 'andIds', value: create(Principal_SetSchema, { ids }) }),
    any: (ids) => identified({ case: 'orIds', value: create(Principal_SetSchema, { ids }) }),
    not: (value) => identified({ case: 'notId', value }),
    fact: (fact) => identified(identifier(fact)),
  });
}

function identified(identifier: Principal['identifier']): Principal {
  return create(PrincipalSchema, { identifier });
}

function identifier(fact: SourceFact): Principal['identifier'] {
  switch (fact.kind) {
    case 'principal':
      return authenticated(fact.match);
    case 'namespace':
      return authenticated({ kind: 'regex', value: namespacePattern(fact.match) });
    case 'source-ip':
      return { case: 'directRemoteIp', value: cidrRange(fact.range) };
    case 'header':
      return { case: 'header', value: headerMatcher(fact.name, fact.match) };
  }
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
