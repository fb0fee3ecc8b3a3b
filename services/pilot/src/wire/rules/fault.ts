/** One value that breaks a constraint: where it stands in the message, and found and expected in a sentence. */
export type Fault = { readonly path: string; readonly message: string };

/** Looks at one value; says what is wrong with it. */
export type Check = (value: unknown, path: string, report: (fault: Fault) => void) => void;

/** A constraint on one value: what is expected of it, and whether it is so. */
export type Constraint = { readonly expected: string; readonly holds: (value: unknown) => boolean };

/** Checks constraints one by one. */
export function checkAll(constraints: readonly Constraint[]): Check {
  return (value, path, report) => {
    for (const { expected, holds } of constraints) {
      if (!holds(value)) report({ path, message: `found ${show(value)}, expected ${expected}` });
    }
  };
}

const LONGEST_SHOWN = 120;

/** A value as text of limited length. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = JSON.stringify(value, (key, inner) =>
    key === '$typeName' ? undefined : typeof inner === 'bigint' ? String(inner) : inner,
  );
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
