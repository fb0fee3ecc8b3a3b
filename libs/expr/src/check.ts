import type { Call, Expression } from './ast.ts';
import { formatExpression } from './ast.ts';
import type { ParameterType, Signature } from './functions.ts';
import { SIGNATURES } from './functions.ts';
import type { AttributeManifest } from './manifest.ts';
import type { Result } from './result.ts';
import { fail, ok } from './result.ts';
import type { ValueType } from './value.ts';

/**
 * The type of an expression over the attributes of a manifest, or the first mistake from the left in the words of the
 * classic mixer (unknown attribute or function, wrong argument type, wrong number of arguments).
 */
export function check(expression: Expression, manifest: AttributeManifest): Result<ValueType> {
  switch (expression.node) {
    case 'constant':
      return ok(expression.type);
    case 'variable': {
      const type = manifest.get(expression.name);
      return type === undefined ? fail(`unknown attribute ${expression.name}`) : ok(type);
    }
    case 'call':
      return checkCall(expression, manifest);
  }
}

function checkCall(call: Call, manifest: AttributeManifest): Result<ValueType> {
  const signature = SIGNATURES.get(call.name);
  if (signature === undefined) return fail(`unknown function: ${call.name}`);
  const target = checkTarget(call, signature, manifest);
  if (target !== undefined) return target;
  const { args } = signature;
  let generic: ValueType | undefined;
  for (const [at, arg] of call.args.slice(0, args.length).entries()) {
    const type = check(arg, manifest);
    if (!type.ok) return type;
    const expected = concrete(args[at] ?? 'T', generic);
    if (expected === undefined) {
      if (signature.among !== undefined && !signature.among.includes(type.value)) {
        return fail(
          `${argument(call, at, arg)} got ${type.value}, expected one of ${signature.among.join(', ')}`,
        );
      }
      generic = type.value;
    } else if (type.value !== expected) {
      return fail(`${argument(call, at, arg)} got ${type.value}, expected ${expected}`);
    }
  }
  if (call.args.length !== args.length) {
    return fail(
      `${formatExpression(call)} arity mismatch. Got ${call.args.length} arg(s), expected ${args.length} arg(s)`,
    );
  }
  const result = concrete(signature.result, generic);
  if (result === undefined) throw new Error(`signature of ${call.name} leaves its result open`);
  return ok(result);
}

/** The mistake about what stands before the dot, if there is one. */
function checkTarget(
  call: Call,
  signature: Signature,
  manifest: AttributeManifest,
): Result<ValueType> | undefined {
  if (call.target === undefined) {
    if (signature.target === undefined) return undefined;
    return fail(`invoking instance method without an instance: ${call.name}`);
  }
  if (signature.target === undefined)
    return fail(`invoking regular function on instance method: ${call.name}`);
  const type = check(call.target, manifest);
  if (!type.ok) return type;
  if (type.value === signature.target) return undefined;
  return fail(`${formatExpression(call)} target typeError got ${type.value}, expected ${signature.target}`);
}

function concrete(parameter: ParameterType, generic: ValueType | undefined): ValueType | undefined {
  return parameter === 'T' ? generic : parameter;
}

function argument(call: Call, at: number, arg: Expression): string {
  return `${formatExpression(call)} arg ${at + 1} (${formatExpression(arg)}) typeError`;
}
