/**
 * What was made before, by name. `get` makes anew only what is made from other inputs; what nobody asked for between
 * two calls of `sweep` is forgotten.
 */
export class Remembered<T> {
  #before: ReadonlyMap<string, { readonly inputs: readonly unknown[]; readonly made: T }> = new Map();
  #now = new Map<string, { readonly inputs: readonly unknown[]; readonly made: T }>();

  get(name: string, inputs: readonly unknown[], make: () => T): T {
    const known = this.#before.get(name);
    const kept = known !== undefined && sameInputs(known.inputs, inputs) ? known : { inputs, made: make() };
    this.#now.set(name, kept);
    return kept.made;
  }

  sweep(): void {
    this.#before = this.#now;
    this.#now = new Map();
  }
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((input, index) => input === b[index]);
}
