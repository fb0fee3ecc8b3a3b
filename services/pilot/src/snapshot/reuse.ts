/** Anything that says by a key whether it would be built anew with equal content. */
export type Keyed = { readonly key: string };

/** The previous value when its key is still the same, else a new one: unchanged parts stay the same object. */
export function reuse<Value extends Keyed>(
  previous: Value | undefined,
  key: string,
  build: (key: string) => Value,
): Value {
  return previous?.key === key ? previous : build(key);
}

/** Makes one value for each input, taking those of `previous` whose key did not change. */
export function reuseEach<Input, Value extends Keyed>(
  previous: readonly Value[] | undefined,
  inputs: readonly Input[],
  rows: { readonly key: (input: Input) => string; readonly build: (input: Input, key: string) => Value },
): Value[] {
  const before = new Map(previous?.map((value) => [value.key, value]));
  return inputs.map((input) => {
    const key = rows.key(input);
    return before.get(key) ?? rows.build(input, key);
  });
}
