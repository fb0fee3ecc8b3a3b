import type { Constraint } from './fault.ts';

type Comparable = number | bigint;

/** Bounds as `validate.proto` has them; what is absent does not restrict. */
export type Bounds<T> = {
  readonly const?: T | undefined;
  readonly lt?: T | undefined;
  readonly lte?: T | undefined;
  readonly gt?: T | undefined;
  readonly gte?: T | undefined;
  readonly in: readonly T[];
  readonly notIn: readonly T[];
};

/**
 * Constraints on anything that can be put in order; `measure` makes a comparable of a value and of a bound,
 * `text` shows a bound. An upper bound below the lower one means outside the two.
 */
export function boundConstraints<T>(
  bounds: Bounds<T>,
  measure: (value: unknown) => Comparable,
  text: (bound: T) => string,
): Constraint[] {
  const is = (test: (a: Comparable, b: Comparable) => boolean, bound: T) => {
    const limit = measure(bound);
    return (value: unknown) => test(measure(value), limit);
  };
  const list = (values: readonly T[]) => values.map(text).join(', ');
  const constraints: Constraint[] = [];
  const add = (expected: string, holds: Constraint['holds']) => constraints.push({ expected, holds });
  if (bounds.const !== undefined)
    add(
      text(bounds.const),
      is((a, b) => a === b, bounds.const),
    );
  addRange(bounds, { measure, is, text, add });
  if (bounds.in.length > 0) {
    add(`one of ${list(bounds.in)}`, (value) => bounds.in.some((one) => measure(one) === measure(value)));
  }
  if (bounds.notIn.length > 0) {
    add(
      `none of ${list(bounds.notIn)}`,
      (value) => !bounds.notIn.some((one) => measure(one) === measure(value)),
    );
  }
  return constraints;
}

type Tools<T> = {
  readonly measure: (value: unknown) => Comparable;
  readonly is: (test: (a: Comparable, b: Comparable) => boolean, bound: T) => (value: unknown) => boolean;
  readonly text: (bound: T) => string;
  readonly add: (expected: string, holds: (value: unknown) => boolean) => void;
};

function addRange<T>(bounds: Bounds<T>, { measure, is, text, add }: Tools<T>): void {
  const upper = upperOf(bounds, is);
  const lower = lowerOf(bounds, is);
  if (upper !== undefined && lower !== undefined && measure(upper.bound) < measure(lower.bound)) {
    const expected = `${lower.sign} ${text(lower.bound)} or ${upper.sign} ${text(upper.bound)}`;
    add(expected, (value) => upper.holds(value) || lower.holds(value));
    return;
  }
  if (upper !== undefined) add(`${upper.sign} ${text(upper.bound)}`, upper.holds);
  if (lower !== undefined) add(`${lower.sign} ${text(lower.bound)}`, lower.holds);
}

function upperOf<T>({ lt, lte }: Bounds<T>, is: Tools<T>['is']) {
  if (lt !== undefined) return { bound: lt, sign: 'less than', holds: is((a, b) => a < b, lt) };
  return lte === undefined ? undefined : { bound: lte, sign: 'at most', holds: is((a, b) => a <= b, lte) };
}

function lowerOf<T>({ gt, gte }: Bounds<T>, is: Tools<T>['is']) {
  if (gt !== undefined) return { bound: gt, sign: 'more than', holds: is((a, b) => a > b, gt) };
  return gte === undefined ? undefined : { bound: gte, sign: 'at least', holds: is((a, b) => a >= b, gte) };
}
