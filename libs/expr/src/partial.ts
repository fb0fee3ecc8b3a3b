import type { Call, Expression } from './ast.ts';
import { check } from './check.ts';
import { isMap } from './equality.ts';
import { attributeMissing, Fault, keyMissing } from './fault.ts';
import { STRICT_FUNCTIONS } from './functions.ts';
import type { AttributeManifest } from './manifest.ts';
import { binaryOperator } from './operators.ts';
import type { StringMap, Value, ValueType } from './value.ts';
import { hasType } from './value.ts';

/** What is known of an attribute before a request exists: its value, that it is absent, or nothing. */
export type Knowledge =
  | { readonly known: 'value'; readonly value: Value }
  | { readonly known: 'absent' }
  | { readonly known: 'nothing' };

/** Looks up what is known of an attribute. */
export type PartialBag = { knowledge(name: string): Knowledge };

/**
 * Everything an evaluation may end in: at most one known value or any value, and which kinds of fault.
 * Rules need more than true and false, since a fault makes a rule not match.
 */
type Outcome = {
  readonly value:
    | { readonly is: 'one'; readonly value: Value }
    | { readonly is: 'any' }
    | { readonly is: 'none' };
  /** May end because something is absent (an enclosing `|` continues). */
  readonly missing: boolean;
  /** May end in another fault. */
  readonly error: boolean;
};

const ANY: Outcome = { value: { is: 'any' }, missing: false, error: false };
const UNKNOWN: Outcome = { value: { is: 'any' }, missing: true, error: true };

/**
 * Whether a checked BOOL expression can be true when only some attributes are known. `true`: it will be; `false`: it
 * cannot be, whatever the rest is (a fault counts as not true, since it makes a rule not match); `unknown`: it depends.
 */
export function partialEvaluate(
  expression: Expression,
  manifest: AttributeManifest,
  bag: PartialBag,
): 'true' | 'false' | 'unknown' {
  const { value, missing, error } = outcome(expression, { manifest, bag });
  if (value.is === 'none' || (value.is === 'one' && value.value !== true)) return 'false';
  return value.is === 'one' && !missing && !error ? 'true' : 'unknown';
}

type Context = { readonly manifest: AttributeManifest; readonly bag: PartialBag };

function outcome(expression: Expression, context: Context): Outcome {
  switch (expression.node) {
    case 'constant':
      return one(expression.value);
    case 'variable': {
      const knowledge = context.bag.knowledge(expression.name);
      if (knowledge.known === 'nothing') return { value: { is: 'any' }, missing: true, error: false };
      if (knowledge.known === 'absent') return of(attributeMissing(expression.name));
      const type = context.manifest.get(expression.name);
      return type !== undefined && hasType(knowledge.value, type)
        ? one(knowledge.value)
        : of(new Fault('mistyped'));
    }
    case 'call':
      return callOutcome(expression, context);
  }
}

function callOutcome(call: Call, context: Context): Outcome {
  const operands = [...(call.target === undefined ? [] : [call.target]), ...call.args];
  const lazy = (at: number): Outcome => {
    const operand = operands[at];
    return operand === undefined ? UNKNOWN : outcome(operand, context);
  };
  switch (call.name) {
    case 'LAND':
      return shortCircuit(lazy(0), () => lazy(1), false);
    case 'LOR':
      return shortCircuit(lazy(0), () => lazy(1), true);
    case 'OR':
      return fallback(lazy(0), () => lazy(1));
    case 'conditional':
    case 'conditionalString':
      return choice(
        lazy(0),
        () => lazy(1),
        () => lazy(2),
      );
    default:
      return apply(
        strictFunction(call, context),
        operands.map((operand) => outcome(operand, context)),
      );
  }
}

/** The right side counts only where the left does not decide; a left side of any value may do both. */
function shortCircuit(left: Outcome, right: () => Outcome, decisive: boolean): Outcome {
  if (left.value.is === 'none' || (left.value.is === 'one' && left.value.value === decisive)) return left;
  const rest = right();
  return {
    value: left.value.is === 'one' ? rest.value : join(one(decisive), rest).value,
    ...faults(left, rest),
  };
}

function fallback(left: Outcome, right: () => Outcome): Outcome {
  if (!left.missing) return left;
  const rest = right();
  return { value: join(left, rest).value, missing: rest.missing, error: left.error || rest.error };
}

function choice(condition: Outcome, yes: () => Outcome, no: () => Outcome): Outcome {
  if (condition.value.is === 'none') return condition;
  if (condition.value.is === 'any') {
    const both = join(yes(), no());
    return { value: both.value, ...faults(condition, both) };
  }
  const taken = condition.value.value === true ? yes() : no();
  return { value: taken.value, ...faults(condition, taken) };
}

function apply(call: (values: readonly Value[]) => Value | Fault, operands: readonly Outcome[]): Outcome {
  const fault = operands.reduce((sum, operand) => ({ value: operand.value, ...faults(sum, operand) }), ANY);
  if (operands.some((operand) => operand.value.is === 'none')) return { ...fault, value: { is: 'none' } };
  const values = operands.flatMap((operand) => (operand.value.is === 'one' ? [operand.value.value] : []));
  if (values.length < operands.length) return { value: { is: 'any' }, missing: true, error: true };
  const result = of(call(values));
  return { value: result.value, ...faults(fault, result) };
}

/** What a function or operator that needs all its operands does with them. */
function strictFunction(call: Call, { manifest }: Context): (values: readonly Value[]) => Value | Fault {
  if (call.name === 'INDEX') return ([map, key]) => member(map, String(key));
  const known = STRICT_FUNCTIONS.get(call.name);
  if (known !== undefined) return (values) => known.apply(...values);
  const operator = binaryOperator(call.name, operandType(call, manifest));
  return ([a, b]) =>
    operator === undefined || a === undefined || b === undefined ? new Fault('unchecked') : operator(a, b);
}

function operandType(call: Call, manifest: AttributeManifest): ValueType {
  const [first] = call.args;
  const type = first === undefined ? undefined : check(first, manifest);
  return type?.ok === true ? type.value : 'STRING';
}

function member(map: Value | undefined, key: string): Value | Fault {
  const entries: StringMap | undefined = map !== undefined && isMap(map) ? map : undefined;
  return entries?.get(key) ?? keyMissing(key);
}

function one(value: Value): Outcome {
  return { value: { is: 'one', value }, missing: false, error: false };
}

function of(result: Value | Fault): Outcome {
  if (!(result instanceof Fault)) return one(result);
  return { value: { is: 'none' }, missing: result.missing, error: !result.missing };
}

function faults(a: Outcome, b: Outcome): { missing: boolean; error: boolean } {
  return { missing: a.missing || b.missing, error: a.error || b.error };
}

function join(a: Outcome, b: Outcome): Outcome {
  if (a.value.is === 'none') return { value: b.value, ...faults(a, b) };
  if (b.value.is === 'none') return { value: a.value, ...faults(a, b) };
  const same = a.value.is === 'one' && b.value.is === 'one' && a.value.value === b.value.value;
  return { value: same ? a.value : { is: 'any' }, ...faults(a, b) };
}
