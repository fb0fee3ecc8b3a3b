import { create } from '@bufbuild/protobuf';
import {
  type Permission,
  Permission_SetSchema,
  PermissionSchema,
} from '@quintet/proto/envoy/config/rbac/v3/rbac_pb.js';
import { PathMatcherSchema } from '@quintet/proto/envoy/type/matcher/v3/path_pb.js';
import type { Condition, OperationFact } from '../plan/access-types.ts';
import { cidrRange } from './address.ts';
import { headerMatcher } from './header-matcher.ts';
import { stringMatcher } from './text-matcher.ts';

/** What is asked for, as RBAC spells it. */
export function permission(condition: Condition<OperationFact>): Permission {
  return create(PermissionSchema, { rule: rule(condition) });
}

function rule(condition: Condition<OperationFact>): Permission['rule'] {
  switch (condition.kind) {
    case 'always':
      return { case: 'any', value: true };
    case 'all':
      return condition.of.length === 0
        ? { case: 'any', value: true }
        : { case: 'andRules', value: set(condition.of) };
    case 'any':
      return condition.of.length === 0 ? nothing() : { case: 'orRules', value: set(condition.of) };
    case 'not':
      return { case: 'notRule', value: permission(condition.of) };
    case 'destination-ip':
      return { case: 'destinationIp', value: cidrRange(condition.range) };
    case 'destination-port':
      return { case: 'destinationPort', value: condition.port };
    case 'server-name':
      return { case: 'requestedServerName', value: stringMatcher(condition.match) };
    case 'host':
      return { case: 'header', value: headerMatcher(':authority', condition.match) };
    case 'method':
      return { case: 'header', value: headerMatcher(':method', condition.match) };
    case 'path':
      return {
        case: 'urlPath',
        value: create(PathMatcherSchema, { rule: { case: 'path', value: stringMatcher(condition.match) } }),
      };
    case 'header':
      return { case: 'header', value: headerMatcher(condition.name, condition.match) };
  }
}

function set(of: readonly Condition<OperationFact>[]) {
  return create(Permission_SetSchema, { rules: of.map(permission) });
}

function nothing(): Permission['rule'] {
  return { case: 'notRule', value: create(PermissionSchema, { rule: { case: 'any', value: true } }) };
}
