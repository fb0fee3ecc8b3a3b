import { parseReference } from '@quintet/expr';

/**
 * The full name, `<name>.instance.<namespace>`, of an instance that parameters refer to. The kind in a reference may be a
 * template's name, as it was when templates were kinds of their own.
 */
export function instanceReference(reference: string, namespace: string): string {
  const { name, namespace: home } = parseReference(reference, namespace) ?? { name: reference, namespace };
  return `${name}.instance.${home}`;
}
