/**
 * Who may see an object: the `exportTo` of the object or, when that is empty, the mesh's default. `*` is everybody,
 * `.` the object's own namespace; a name is that namespace.
 */
export type Visibility = { readonly namespace: string; readonly exportTo: readonly string[] };

/** True when proxies of `namespace` may see the object. */
export function visibleIn(object: Visibility, namespace: string): boolean {
  return object.exportTo.some(
    (target) => target === '*' || target === namespace || (target === '.' && object.namespace === namespace),
  );
}

/** `exportTo` with the mesh's default filled in; a mesh without a default shows everything to everybody. */
export function effectiveExportTo(
  written: readonly string[],
  meshDefault: readonly string[],
): readonly string[] {
  if (written.length > 0) return [...written];
  return meshDefault.length > 0 ? [...meshDefault] : ['*'];
}
