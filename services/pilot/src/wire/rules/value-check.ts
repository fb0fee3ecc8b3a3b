import type { DescEnum, DescField, DescMessage, Message } from '@bufbuild/protobuf';
import type { FieldRules } from '@quintet/proto/validate/validate_pb.js';
import { type Check, show } from './fault.ts';
import { ruleCheck } from './rule-check.ts';

/** Finds the check of a message type; called when a value is looked at, so that types may contain themselves. */
export type CheckOfMessage = (schema: DescMessage) => Check;

/** What a field holds, if not scalars. */
type Content = { readonly message?: DescMessage | undefined; readonly enum?: DescEnum | undefined };

/** The check of one value of a field (of one item of a list, one entry of a map): its rules, then what is in it. */
export function valueCheck(rules: FieldRules | undefined, content: Content, of: CheckOfMessage): Check {
  const { message } = content;
  const own = rules === undefined ? undefined : ruleCheck(rules, content.enum);
  const inner = message === undefined || rules?.message?.skip === true ? undefined : message;
  return (value, path, report) => {
    own?.(value, path, report);
    if (inner !== undefined && isMessage(value)) of(inner)(value, path, report);
  };
}

/** Whether a message has to be there. */
export function isRequired(rules: FieldRules | undefined): boolean {
  if (rules?.message?.required === true) return true;
  const { type } = rules ?? {};
  return (
    (type?.case === 'any' || type?.case === 'duration' || type?.case === 'timestamp') && type.value.required
  );
}

/** The check of a whole list: how many, whether different, and each item. */
export function listCheck(field: DescField, rules: FieldRules | undefined, of: CheckOfMessage): Check {
  const repeated = rules?.type.case === 'repeated' ? rules.type.value : undefined;
  const item = valueCheck(repeated?.items, field, of);
  const { minItems = 0n, maxItems = 0n, unique = false, ignoreEmpty = false } = repeated ?? {};
  return (value, path, report) => {
    if (!Array.isArray(value) || (ignoreEmpty && value.length === 0)) return;
    const count = BigInt(value.length);
    if (count < minItems) report({ path, message: `found ${count} items, expected at least ${minItems}` });
    if (maxItems > 0n && count > maxItems) {
      report({ path, message: `found ${count} items, expected at most ${maxItems}` });
    }
    if (unique && new Set(value.map(show)).size < value.length) {
      report({ path, message: 'found an item twice, expected different ones' });
    }
    for (const [i, one] of value.entries()) item(one, `${path}[${i}]`, report);
  };
}

/** The check of a whole map: how many, each key and each value. */
export function mapCheck(field: DescField, rules: FieldRules | undefined, of: CheckOfMessage): Check {
  const map = rules?.type.case === 'map' ? rules.type.value : undefined;
  const key = valueCheck(map?.keys, {}, of);
  const entry = valueCheck(map?.values, field, of);
  const { minPairs = 0n, maxPairs = 0n, ignoreEmpty = false } = map ?? {};
  return (value, path, report) => {
    if (typeof value !== 'object' || value === null) return;
    const pairs = Object.entries(value);
    if (ignoreEmpty && pairs.length === 0) return;
    const count = BigInt(pairs.length);
    if (count < minPairs) report({ path, message: `found ${count} entries, expected at least ${minPairs}` });
    if (maxPairs > 0n && count > maxPairs) {
      report({ path, message: `found ${count} entries, expected at most ${maxPairs}` });
    }
    for (const [name, one] of pairs) {
      key(name, `${path}[${JSON.stringify(name)}]`, report);
      entry(one, `${path}[${JSON.stringify(name)}]`, report);
    }
  };
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && '$typeName' in value;
}
