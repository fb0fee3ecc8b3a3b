import { compareStrings, equalityOf, nanosOf } from './equality.ts';
import { Fault } from './fault.ts';
import type { Value, ValueType } from './value.ts';

export type BinaryOperator = (a: Value, b: Value) => Value | Fault;

/** What `==`, `!=`, `<`, `<=`, `>`, `>=` and `+` do for operands of the type; undefined for other names. */
export function binaryOperator(name: string, type: ValueType): BinaryOperator | undefined {
  switch (name) {
    case 'EQ':
      return equalityOf(type);
    case 'NEQ': {
      const equal = equalityOf(type);
      return (a, b) => {
        const same = equal(a, b);
        return same instanceof Fault ? same : !same;
      };
    }
    case 'LT':
      return relation((order) => order < 0);
    case 'LE':
      return relation((order) => order <= 0);
    case 'GT':
      return relation((order) => order > 0);
    case 'GE':
      return relation((order) => order >= 0);
    case 'ADD':
      return add;
    default:
      return undefined;
  }
}

function relation(holds: (order: number) => boolean): BinaryOperator {
  return (a, b) => holds(compare(a, b));
}

/** NaN, so that no relation holds, when one of two numbers is NaN. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  const left = typeof a === 'bigint' || typeof a === 'number' ? a : nanosOf(a);
  const right = typeof b === 'bigint' || typeof b === 'number' ? b : nanosOf(b);
  if (left === undefined || right === undefined) return Number.NaN;
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right ? 0 : Number.NaN;
}

/** Integers wrap around at 64 bits. */
function add(a: Value, b: Value): Value | Fault {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return BigInt.asIntN(64, a + b);
  return new Fault('addition of values that do not add');
}
