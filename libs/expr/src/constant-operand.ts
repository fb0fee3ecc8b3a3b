import type { Variable } from './ast.ts';
import { attributeMissing, Fault } from './fault.ts';
import { intern } from './intern.ts';
import type { Bag, Value } from './value.ts';

type Evaluate = (bag: Bag) => Value | Fault;

/**
 * The comparisons that rules are mostly made of, `attribute == "text"` and `attribute.startsWith("text")`, in one closure
 * each; undefined for other functions.
 */
export function compareText(name: string, variable: Variable, literal: string): Evaluate | undefined {
  const attribute = intern(variable.name);
  const text = intern(literal);
  const missing = attributeMissing(attribute);
  const mistyped = new Fault(`error converting value of '${attribute}': it is no STRING`);
  const fault = (value: Value | undefined) => (value === undefined ? missing : mistyped);
  switch (name) {
    case 'EQ':
      return (bag) => {
        const value = bag.get(attribute);
        return value === text || (typeof value === 'string' ? false : fault(value));
      };
    case 'NEQ':
      return (bag) => {
        const value = bag.get(attribute);
        return typeof value === 'string' ? value !== text : fault(value);
      };
    case 'startsWith':
      return (bag) => {
        const value = bag.get(attribute);
        return typeof value === 'string' ? value.startsWith(text) : fault(value);
      };
    case 'endsWith':
      return (bag) => {
        const value = bag.get(attribute);
        return typeof value === 'string' ? value.endsWith(text) : fault(value);
      };
    default:
      return undefined;
  }
}
