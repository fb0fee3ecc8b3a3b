/** A reference to a handler or an instance: `name`, `name.kind` or `name.kind.namespace`. */
export type ObjectReference = {
  readonly name: string;
  readonly kind: string | undefined;
  readonly namespace: string;
};

/** Reads a reference made in a namespace; undefined when it has another form. */
export function parseReference(text: string, namespace: string): ObjectReference | undefined {
  const [name = '', kind, home, ...rest] = text.trim().split('.');
  if (name === '' || kind === '' || home === '' || rest.length > 0) return undefined;
  return { name, kind, namespace: home ?? namespace };
}
