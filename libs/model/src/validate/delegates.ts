import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { isOfSchema } from '../kinds/kind.ts';
import { VIRTUAL_SERVICE } from '../kinds/networking.ts';

/**
 * Virtual services without a host to which none of the others delegates: a host was forgotten. An object alone does not
 * tell, so this is for those who have been given all of them. A delegate's namespace is that of its root unless it is named.
 */
export function forgottenHosts(
  objects: Iterable<ConfigObject>,
): readonly { readonly object: ConfigObject; readonly finding: Finding }[] {
  const hostless: ConfigObject[] = [];
  const delegates = new Set<string>();
  for (const object of objects) {
    if (!isOfSchema(object, VIRTUAL_SERVICE.schema)) continue;
    if (object.spec.hosts.length === 0) hostless.push(object);
    for (const { delegate } of object.spec.http) {
      if (delegate !== undefined) delegates.add(`${delegate.namespace || object.namespace}/${delegate.name}`);
    }
  }
  const message = 'expected a host, found none, and no virtual service given here delegates to this one';
  return hostless
    .filter(({ namespace, name }) => !delegates.has(`${namespace}/${name}`))
    .map((object) => ({ object, finding: { path: 'spec.hosts', message } }));
}
