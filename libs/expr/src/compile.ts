import type { Call, Expression, Variable } from './ast.ts';
import { attributeNames } from './ast.ts';
import { check } from './check.ts';
import { compareText } from './constant-operand.ts';
import { isMap } from './equality.ts';
import { attributeMissing, Fault, keyMissing } from './fault.ts';
import { STRICT_FUNCTIONS } from './functions.ts';
import { intern } from './intern.ts';
import type { AttributeManifest } from './manifest.ts';
import { binaryOperator } from './operators.ts';
import { parse } from './parse.ts';
import { regexMatcher } from './regex.ts';
import type { Result } from './result.ts';
import { ok } from './result.ts';
import type { Bag, Value, ValueType } from './value.ts';
import { hasType } from './value.ts';

/** An expression ready to run. */
export type Program = {
  readonly text: string;
  readonly type: ValueType;
  /** The names of all attributes the expression can look up. */
  readonly attributes: readonly string[];
  /** Evaluates over a bag; never throws for a user's mistake. */
  readonly evaluate: (bag: Bag) => Value | Fault;
};

type Evaluate = (bag: Bag) => Value | Fault;

/** Parses, type-checks and compiles an expression to closures: no tree is walked at run time. */
export function compile(text: string, manifest: AttributeManifest): Result<Program> {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const type = check(parsed.value, manifest);
  if (!type.ok) return type;
  return ok({
    text,
    type: type.value,
    attributes: attributeNames(parsed.value),
    evaluate: node(parsed.value, manifest),
  });
}

function node(expression: Expression, manifest: AttributeManifest): Evaluate {
  switch (expression.node) {
    case 'constant': {
      const { value } = expression;
      return () => value;
    }
    case 'variable':
      return variable(expression, typeOf(expression, manifest));
    case 'call':
      return call(expression, manifest);
  }
}

function typeOf(expression: Expression, manifest: AttributeManifest): ValueType {
  const type = check(expression, manifest);
  if (!type.ok) throw new Error(`compiling an unchecked expression: ${type.message}`);
  return type.value;
}

function variable({ name: written }: Variable, type: ValueType): Evaluate {
  const name = intern(written);
  const missing = attributeMissing(name);
  const mistyped = new Fault(`error converting value of '${name}': it is no ${type}`);
  if (type === 'STRING') {
    return (bag) => {
      const value = bag.get(name);
      return typeof value === 'string' ? value : value === undefined ? missing : mistyped;
    };
  }
  return (bag) => {
    const value = bag.get(name);
    if (value === undefined) return missing;
    return hasType(value, type) ? value : mistyped;
  };
}

function call(expression: Call, manifest: AttributeManifest): Evaluate {
  const [first, second, third] = expression.args;
  const compiled = (arg: Expression | undefined): Evaluate => {
    if (arg === undefined) throw new Error(`compiling an unchecked call of ${expression.name}`);
    return node(arg, manifest);
  };
  switch (expression.name) {
    case 'LAND':
      return shortCircuit(compiled(first), compiled(second), false);
    case 'LOR':
      return shortCircuit(compiled(first), compiled(second), true);
    case 'OR':
      return fallback(compiled(first), compiled(second));
    case 'INDEX':
      return index(compiled(first), second, compiled(second));
    case 'conditional':
    case 'conditionalString':
      return conditional(compiled(first), compiled(second), compiled(third));
    default:
  }
  const quick = textComparison(expression, manifest);
  if (quick !== undefined) return quick;
  const operator = first === undefined ? undefined : binaryOperator(expression.name, typeOf(first, manifest));
  if (operator !== undefined) return operate(operator, compiled(first), second, compiled(second));
  return strict(expression, manifest);
}

/** A string attribute compared with a literal, as operator or as method. */
function textComparison({ name, target, args }: Call, manifest: AttributeManifest): Evaluate | undefined {
  const [attribute, literal] = target === undefined ? args : [target, ...args];
  if (attribute?.node !== 'variable' || literal?.node !== 'constant') return undefined;
  if (typeof literal.value !== 'string' || typeOf(attribute, manifest) !== 'STRING') return undefined;
  return compareText(name, attribute, literal.value);
}

/** `&&` and `||` look at the right side only when the left does not decide; a fault of the left is the result. */
function shortCircuit(left: Evaluate, right: Evaluate, decisive: boolean): Evaluate {
  const undecided = !decisive;
  return (bag) => {
    const value = left(bag);
    return value === undecided ? right(bag) : value;
  };
}

function fallback(left: Evaluate, right: Evaluate): Evaluate {
  return (bag) => {
    const value = left(bag);
    return value instanceof Fault && value.missing ? right(bag) : value;
  };
}

function conditional(condition: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (bag) => {
    const value = condition(bag);
    if (value instanceof Fault) return value;
    return value === true ? yes(bag) : no(bag);
  };
}

function index(map: Evaluate, keyExpression: Expression | undefined, key: Evaluate): Evaluate {
  if (keyExpression?.node === 'constant' && typeof keyExpression.value === 'string') {
    const constant = intern(keyExpression.value);
    const missing = keyMissing(constant);
    return (bag) => {
      const value = map(bag);
      if (value instanceof Fault) return value;
      return (isMap(value) ? value.get(constant) : undefined) ?? missing;
    };
  }
  return (bag) => {
    const value = map(bag);
    if (value instanceof Fault) return value;
    const name = key(bag);
    if (name instanceof Fault) return name;
    return (isMap(value) ? value.get(String(name)) : undefined) ?? keyMissing(String(name));
  };
}

function operate(
  operator: (a: Value, b: Value) => Value | Fault,
  left: Evaluate,
  rightExpression: Expression | undefined,
  right: Evaluate,
): Evaluate {
  if (rightExpression?.node === 'constant') {
    const constant = rightExpression.value;
    return (bag) => {
      const a = left(bag);
      return a instanceof Fault ? a : operator(a, constant);
    };
  }
  return (bag) => {
    const a = left(bag);
    if (a instanceof Fault) return a;
    const b = right(bag);
    return b instanceof Fault ? b : operator(a, b);
  };
}

function strict(expression: Call, manifest: AttributeManifest): Evaluate {
  const known = STRICT_FUNCTIONS.get(expression.name);
  if (known === undefined) throw new Error(`compiling an unchecked call of ${expression.name}`);
  const { target } = expression;
  const [first] = expression.args;
  if (expression.name === 'matches' && target?.node === 'constant' && first !== undefined) {
    return constantRegex(String(target.value), node(first, manifest));
  }
  const apply = known.apply;
  const operands = [...(target === undefined ? [] : [target]), ...expression.args].map((arg) =>
    node(arg, manifest),
  );
  const [a, b] = operands;
  if (a === undefined) return () => apply();
  if (b === undefined) {
    return (bag) => {
      const value = a(bag);
      return value instanceof Fault ? value : apply(value);
    };
  }
  return (bag) => {
    const left = a(bag);
    if (left instanceof Fault) return left;
    const right = b(bag);
    return right instanceof Fault ? right : apply(left, right);
  };
}

function constantRegex(pattern: string, text: Evaluate): Evaluate {
  const matcher = regexMatcher(pattern);
  return (bag) => {
    const value = text(bag);
    if (value instanceof Fault) return value;
    return matcher instanceof Fault ? matcher : matcher(String(value));
  };
}
