/** The DNS domain of the mesh's own services when none is configured. */
export const DEFAULT_DOMAIN = 'cluster.local';

/**
 * Makes a host of a rule fully qualified: a name without a dot is a service of `namespace`; everything else
 * (qualified names, wildcards, IP addresses) stays as it is. The result is in lower case.
 */
export function resolveHost(host: string, namespace: string, domain = DEFAULT_DOMAIN): string {
  const lower = host.toLowerCase();
  const short = lower !== '' && !lower.includes('.') && !lower.includes(':') && !lower.startsWith('*');
  return short ? `${lower}.${namespace}.svc.${domain}` : lower;
}

/** True for `*` and for hosts that begin with `*`, such as `*.example.com`. */
export function isWildcardHost(host: string): boolean {
  return host.startsWith('*');
}

/**
 * True when `pattern` covers `host`: equal names, or a wildcard whose suffix the host ends with. `host` may be a
 * wildcard itself and is then covered only when everything it stands for is. Both in lower case, as
 * {@link resolveHost} gives them. `*.a.com` covers neither `a.com` nor `*`.
 */
export function matchHost(pattern: string, host: string): boolean {
  if (!isWildcardHost(pattern)) return pattern === host;
  const suffix = pattern.slice(1);
  const rest = isWildcardHost(host) ? host.slice(1) : host;
  if (!rest.endsWith(suffix)) return false;
  return isWildcardHost(host) || suffix === '' || rest.length > suffix.length;
}

/** True when some host is covered by both `a` and `b`. */
export function hostsOverlap(a: string, b: string): boolean {
  return matchHost(a, b) || matchHost(b, a);
}

/**
 * The more specific of two overlapping hosts, or undefined when they do not overlap. It is what a gateway
 * server's host and a virtual service's host have in common.
 */
export function intersectHosts(a: string, b: string): string | undefined {
  if (matchHost(a, b)) return b;
  return matchHost(b, a) ? a : undefined;
}

/** Sorts hosts so that the first match is the most specific: exact names first, then the longest wildcard. */
export function compareHostSpecificity(a: string, b: string): number {
  const wildcards = Number(isWildcardHost(a)) - Number(isWildcardHost(b));
  if (wildcards !== 0) return wildcards;
  if (a.length !== b.length) return b.length - a.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The most specific of `patterns` that covers `host`, or undefined. */
export function mostSpecificHost(host: string, patterns: Iterable<string>): string | undefined {
  let best: string | undefined;
  for (const pattern of patterns) {
    if (!matchHost(pattern, host)) continue;
    if (best === undefined || compareHostSpecificity(pattern, best) < 0) best = pattern;
  }
  return best;
}

/** Name and namespace of a service host of the form `<name>.<namespace>.svc.<domain>`, else undefined. */
export function parseServiceHost(host: string): { name: string; namespace: string } | undefined {
  const [name, namespace, svc, ...domain] = host.split('.');
  if (!name || !namespace || svc !== 'svc' || domain.length === 0 || isWildcardHost(name)) return undefined;
  return { name, namespace };
}

/** The reserved gateway name that stands for all sidecars. */
export const MESH_GATEWAY = 'mesh';

/**
 * Resolves a gateway reference of a virtual service to `namespace/name`. Written are `name`, `./name`,
 * `namespace/name`, and the older `name.namespace` and `name.namespace.svc.domain`. `mesh` stays `mesh`.
 */
export function gatewayRef(reference: string, namespace: string): string {
  if (reference === MESH_GATEWAY) return MESH_GATEWAY;
  const slash = reference.indexOf('/');
  if (slash >= 0) {
    const written = reference.slice(0, slash);
    return `${written === '.' ? namespace : written}/${reference.slice(slash + 1)}`;
  }
  const [name = '', other] = reference.split('.');
  return `${other ?? namespace}/${name}`;
}
