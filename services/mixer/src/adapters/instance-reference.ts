/**
 * The full name, `<name>.instance.<namespace>`, of an instance that parameters refer to as `name`, `name.kind` or
 * `name.kind.namespace`. The kind may be a template's name, as it was when templates were kinds of their own.
 */
export function instanceReference(reference: string, namespace: string): string {
  const [name = '', , home = namespace] = reference.split('.');
  return `${name}.instance.${home}`;
}
