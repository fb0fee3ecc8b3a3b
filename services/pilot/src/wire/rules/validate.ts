import {
  type DescField,
  type DescMessage,
  fromBinary,
  getOption,
  hasOption,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { disabled, required, rules as rulesOption } from '@quintet/proto/validate/validate_pb.js';
import type { Check, Fault } from './fault.ts';
import { isRequired, listCheck, mapCheck, valueCheck } from './value-check.ts';

/** Checks messages against the constraints in their own descriptors; keeps what it worked out about each type. */
export type Validator = {
  /** Everything in the message that its receiver would refuse; empty when all is well. */
  readonly validate: (schema: DescMessage, message: Message) => readonly Fault[];
};

/**
 * A validator for the `validate.rules` that Envoy's API carries: one value that breaks a rule makes Envoy refuse
 * a whole response. `registry` knows the types that stand inside `Any`; the content of others is not looked at,
 * that of known ones is, because Envoy does so too.
 */
export function createValidator(registry: Registry): Validator {
  const known = new WeakMap<DescMessage, Check>();
  const checkOf = (schema: DescMessage): Check => {
    const check = known.get(schema) ?? compile(schema);
    known.set(schema, check);
    return check;
  };
  const compile = (schema: DescMessage): Check => {
    if (schema.typeName === 'google.protobuf.Any') return anyCheck(registry, checkOf);
    if (hasOption(schema, disabled) && getOption(schema, disabled)) return () => undefined;
    const checks = [
      ...schema.fields.map((field) => fieldCheck(field, checkOf)),
      ...schema.oneofs
        .filter((oneof) => hasOption(oneof, required) && getOption(oneof, required))
        .map(oneofCheck),
    ];
    return (value, path, report) => {
      for (const check of checks) check(value, path, report);
    };
  };
  return {
    validate(schema, message) {
      const faults: Fault[] = [];
      checkOf(schema)(message, '', (fault) => faults.push(fault));
      return faults;
    },
  };
}

function fieldCheck(field: DescField, checkOf: (schema: DescMessage) => Check): Check {
  const rules = hasOption(field, rulesOption) ? getOption(field, rulesOption) : undefined;
  const check =
    field.fieldKind === 'list'
      ? listCheck(field, rules, checkOf)
      : field.fieldKind === 'map'
        ? mapCheck(field, rules, checkOf)
        : valueCheck(rules, field, checkOf);
  // A field of a oneof is asked for only where it was chosen.
  const must = field.oneof === undefined && isRequired(rules);
  return (owner, path, report) => {
    const value = fieldValue(owner, field);
    const at = path === '' ? field.name : `${path}.${field.name}`;
    if (value !== undefined) check(value, at, report);
    else if (must) report({ path: at, message: 'found nothing, expected a value' });
  };
}

function oneofCheck(oneof: DescMessage['oneofs'][number]): Check {
  const names = oneof.fields.map(({ name }) => name).join(', ');
  return (owner, path, report) => {
    const chosen = property(owner, oneof.localName);
    if (property(chosen, 'case') !== undefined) return;
    report({
      path: path === '' ? oneof.name : `${path}.${oneof.name}`,
      message: `found none, expected one of ${names}`,
    });
  };
}

function anyCheck(registry: Registry, checkOf: (schema: DescMessage) => Check): Check {
  return (value, path, report) => {
    const typeUrl = property(value, 'typeUrl');
    const bytes = property(value, 'value');
    if (typeof typeUrl !== 'string' || !(bytes instanceof Uint8Array)) return;
    const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    if (schema === undefined) return;
    checkOf(schema)(fromBinary(schema, bytes), `${path}<${schema.name}>`, report);
  };
}

/** The value of a field; of an unset field with presence, and of a oneof's other fields, undefined. */
function fieldValue(owner: unknown, field: DescField): unknown {
  if (field.oneof === undefined) return property(owner, field.localName);
  const chosen = property(owner, field.oneof.localName);
  return property(chosen, 'case') === field.localName ? property(chosen, 'value') : undefined;
}

function property(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
}
