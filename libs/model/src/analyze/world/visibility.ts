/** Where an object stands and who may see it. */
export type Visibility = { readonly namespace: string; readonly exportTo: readonly string[] };

/** `exportTo` with the mesh's default filled in; a mesh without a default shows everything to everybody. */
export function effectiveExportTo(
  written: readonly string[],
  meshDefault: readonly string[],
): readonly string[] {
  if (written.length > 0) return written;
  return meshDefault.length > 0 ? meshDefault : ['*'];
}

/** True when proxies of `namespace` may see the object. */
export function visibleIn(object: Visibility, namespace: string): boolean {
  return object.exportTo.some(
    (target) => target === '*' || target === namespace || (target === '.' && object.namespace === namespace),
  );
}

/** True when proxies of some namespace may see both. */
export function seenTogether(a: Visibility, b: Visibility): boolean {
  const [left, right] = [namespacesOf(a), namespacesOf(b)];
  if (left.has('*')) return right.size > 0;
  return right.has('*') ? left.size > 0 : [...left].some((namespace) => right.has(namespace));
}

function namespacesOf({ namespace, exportTo }: Visibility): ReadonlySet<string> {
  return new Set(
    exportTo.filter((target) => target !== '~').map((target) => (target === '.' ? namespace : target)),
  );
}
