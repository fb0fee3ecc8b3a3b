import { create } from '@bufbuild/protobuf';
import {
  type Permission,
  Permission_SetSchema,
  PermissionSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import { PathMatcherSchema } from '@quintet/proto/envoy/type/matcher/v3/path_pb.js';
import type { Condition, OperationFact } from '../plan/access-types.ts';
import { spellCondition } from './access-condition.ts';
import { cidrRange } from './address.ts';
import { headerMatcher } from './header-matcher.ts';
import { stringMatcher } from './text-matcher.ts';

/** What is asked for, as RBAC spells it. */
export function permission(condition: Condition<OperationFact>): Permission {
  return spellCondition(condition, {
    always: () => ruled({ case: 'any', value: true }),
    all: (rules) => ruled({ case: 'andRules', value: create(Permission_SetSchema, { rules }) }),
    any: (rules) => ruled({ case: 'orRules', value: create(Permission_SetSchema, { rules }) }),
    not: (value) => ruled({ case: 'notRule', value }),
    fact: (fact) => ruled(rule(fact)),
  });
}

function ruled(rule: Permission['rule']): Permission {
  return create(PermissionSchema, { rule });
}

function rule(fact: OperationFact): Permission['rule'] {
  switch (fact.kind) {
    case 'destination-ip':
      return { case: 'destinationIp', value: cidrRange(fact.range) };
    case 'destination-port':
      return { case: 'destinationPort', value: fact.port };
    case 'server-name':
      return { case: 'requestedServerName', value: stringMatcher(fact.match) };
    case 'host':
      return { case: 'header', value: headerMatcher(':authority', fact.match) };
    case 'method':
      return { case: 'header', value: headerMatcher(':method', fact.match) };
    case 'path':
      return {
        case: 'urlPath',
        value: create(PathMatcherSchema, { rule: { case: 'path', value: stringMatcher(fact.match) } }),
      };
    case 'header':
      return { case: 'header', value: headerMatcher(fact.name, fact.match) };
  }
}
