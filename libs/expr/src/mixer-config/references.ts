import { LEGACY_MIXER_KINDS } from '@quintet/model';

/** A reference to an object of mixer's configuration. */
export type ObjectReference = {
  readonly name: string;
  /** Absent where the reference leaves the kind to its place. */
  readonly kind: string | undefined;
  readonly namespace: string;
};

const KINDS: ReadonlySet<string> = new Set([
  ...['handler', 'instance', 'adapter', 'template'],
  ...LEGACY_MIXER_KINDS.map(({ kind }) => kind),
]);

/**
 * Reads a reference made in a namespace: `name`, `name.kind`, `name.namespace` or `name.kind.namespace`. Undefined when it
 * has another form.
 */
export function parseReference(text: string, namespace: string): ObjectReference | undefined {
  const [name = '', second, home, ...rest] = text.trim().split('.');
  if (name === '' || second === '' || home === '' || rest.length > 0) return undefined;
  if (second === undefined) return { name, kind: undefined, namespace };
  if (home !== undefined) return { name, kind: second, namespace: home };
  return KINDS.has(second) ? { name, kind: second, namespace } : { name, kind: undefined, namespace: second };
}
