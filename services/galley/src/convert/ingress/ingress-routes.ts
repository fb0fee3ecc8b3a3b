import type { IngressBackend, Issue, NativeIngress } from '@quintet/model';
import { comparePaths, type PathMatch, pathMatches } from './path-match.ts';

/** A path of a host and where it leads. */
export type IngressRoute = {
  readonly host: string;
  readonly ingress: NativeIngress;
  /** Any of these; everything when there are none. */
  readonly matches: readonly PathMatch[];
  readonly destination: { readonly host: string; readonly port: number };
};

/** How backends are found. */
export type RouteOptions = {
  /** Suffix of host names. */
  readonly domain: string;
  /** The number of a service's port by its name; undefined when there is none. */
  readonly portNumber: (namespace: string, service: string, portName: string) => number | undefined;
};

const ANY_HOST = '*';

/** The routes of one Ingress, by host in the order of the rules, and what is wrong with the others. */
export function ingressRoutes(
  ingress: NativeIngress,
  options: RouteOptions,
): { readonly routes: readonly IngressRoute[]; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const routeTo = (
    host: string,
    matches: readonly PathMatch[],
    { backend, path }: { readonly backend: IngressBackend; readonly path: string },
  ): IngressRoute[] => {
    const destination = destinationOf(backend, ingress, options);
    if (typeof destination !== 'string') return [{ host, ingress, matches, destination }];
    issues.push(unresolved(ingress, path, destination));
    return [];
  };
  const routes = ingress.spec.rules.flatMap(({ host, paths }, rule) =>
    paths.flatMap((each, index) => {
      const path = `spec.rules[${rule}].http.paths[${index}].backend`;
      return routeTo(host || ANY_HOST, pathMatches(each), { backend: each.backend, path });
    }),
  );
  const backend = ingress.spec.defaultBackend;
  if (backend !== undefined) {
    const hosts = new Set([...ingress.spec.rules.map(({ host }) => host), ANY_HOST]);
    hosts.delete('');
    for (const host of hosts) routes.push(...routeTo(host, [], { backend, path: 'spec.defaultBackend' }));
  }
  return { routes, issues: firstOfEachPath(issues) };
}

/** The routes of one host in the order in which they are tried. */
export function sortRoutes(routes: readonly IngressRoute[]): readonly IngressRoute[] {
  return routes.toSorted((a, b) => comparePaths(a.matches, b.matches));
}

/** The destination, or in words why there is none. */
function destinationOf(
  { serviceName, servicePort }: IngressBackend,
  { namespace }: NativeIngress,
  { domain, portNumber }: RouteOptions,
): IngressRoute['destination'] | string {
  if (serviceName === '') return 'expected a service; backends of other kinds are not realised';
  const port = typeof servicePort === 'number' ? servicePort : byName(servicePort);
  if (port === undefined || port === 0) {
    return `the service ${namespace}/${serviceName} has no port ${JSON.stringify(servicePort)}`;
  }
  return { host: `${serviceName}.${namespace}.svc.${domain}`, port };

  function byName(name: string): number | undefined {
    return portNumber(namespace, serviceName, name);
  }
}

function unresolved(ingress: NativeIngress, path: string, message: string): Issue {
  const { kind, namespace, name, origin } = ingress;
  return {
    code: 'IST0101',
    severity: 'error',
    resource: { kind, namespace, name },
    path,
    message,
    ...(origin && { origin }),
  };
}

function firstOfEachPath(issues: readonly Issue[]): readonly Issue[] {
  const paths = new Set<string>();
  return issues.filter(({ path }) => !paths.has(path) && paths.add(path));
}
