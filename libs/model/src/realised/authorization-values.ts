import type { AuthorizationPolicy } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import type { Finding } from '../finding.ts';
import { shown } from '../validate/report.ts';

/** Keys of `when` that are valid and not realised, by their beginning. */
const UNREALISED_CONDITION_KEYS: readonly string[] = [
  'request.auth.',
  'remote.ip',
  'experimental.envoy.filters.',
];

/** Values of an AuthorizationPolicy that restrict access and are not realised, where the field as such is. */
export function unrealisedAuthorization(spec: AuthorizationPolicy): readonly Finding[] {
  return [...conditions(spec), ...pathTemplates(spec)];
}

function conditions({ rules }: AuthorizationPolicy): Finding[] {
  return rules.flatMap((rule, index) =>
    rule.when.flatMap(({ key }, at): Finding[] => {
      if (!UNREALISED_CONDITION_KEYS.some((beginning) => key.startsWith(beginning))) return [];
      const message = `the condition ${shown(key)} is not realised`;
      return [{ code: 'QTT2002', path: `spec.rules[${index}].when[${at}].key`, message }];
    }),
  );
}

/** As plain text path templates (later releases) would fit nothing, and a denial would deny nothing. */
function pathTemplates({ rules }: AuthorizationPolicy): Finding[] {
  return rules.flatMap((rule, index) =>
    rule.to.flatMap(({ operation }, at) =>
      (['paths', 'notPaths'] as const).flatMap((field) =>
        (operation?.[field] ?? []).flatMap((value, place): Finding[] => {
          if (!isPathTemplate(value)) return [];
          const path = `spec.rules[${index}].to[${at}].operation.${field}[${place}]`;
          return [{ code: 'QTT2002', path, message: `the path template ${shown(value)} is not realised` }];
        }),
      ),
    ),
  );
}

/** A path with `{*}` or `{**}` in the place of segments. */
export function isPathTemplate(value: string): boolean {
  return value.includes('{*}') || value.includes('{**}');
}
