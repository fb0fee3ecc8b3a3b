const PROTOTYPES = [
  ...[Object.prototype, Array.prototype, String.prototype, Number.prototype, Boolean.prototype],
  ...[Function.prototype, Map.prototype, Set.prototype, Uint8Array.prototype],
];

/** The names of everything that objects inherit; to be compared before and after. */
export function inherited(): readonly string[] {
  return PROTOTYPES.flatMap((prototype) => Reflect.ownKeys(prototype).map(String));
}

/**
 * The path of something in a result that an input must not be able to bring about: an own `__proto__`, which becomes the
 * prototype of whatever it is copied into carelessly, or an object whose prototype is itself input. Undefined is well.
 */
export function reachedPrototype(value: unknown, path = '', seen = new Set<object>()): string | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value))
    return undefined;
  seen.add(value);
  if (Object.hasOwn(value, '__proto__')) return `${path}.__proto__`;
  if (Object.hasOwn(Object.getPrototypeOf(value) ?? {}, 'polluted')) return `prototype of ${path}`;
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  for (const [key, inner] of entries) {
    const found = reachedPrototype(inner, `${path}.${String(key)}`, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
