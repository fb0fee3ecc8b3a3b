import { SERVICE_ROLE, SERVICE_ROLE_BINDING } from '../../kinds/rbac.ts';
import { type Analyzer, found } from '../analyzer.ts';
import { pickKind } from '../world/pick-kind.ts';

/** Roles that bindings name and that are not in their namespace. */
export const serviceRoleBindingAnalyzer: Analyzer = {
  name: 'auth.ServiceRoleBindingAnalyzer',
  summary: 'ServiceRoles that a ServiceRoleBinding names and nobody defines',
  codes: ['IST0101'],
  analyze: ({ world }) => {
    const roles = new Set(
      pickKind(world.objects, SERVICE_ROLE).map(({ namespace, name }) => `${namespace}/${name}`),
    );
    return pickKind(world.objects, SERVICE_ROLE_BINDING).flatMap((subject) => {
      const { roleRef, role } = subject.spec;
      const name = roleRef?.name || role;
      if (name === '') return [];
      const ref = `${subject.namespace}/${name}`;
      if (roles.has(ref) || world.unreadable.has(`${SERVICE_ROLE.kind}/${ref}`)) return [];
      const path = roleRef?.name ? 'spec.roleRef.name' : 'spec.role';
      return [found('IST0101', { subject, path }, [SERVICE_ROLE.kind, name])];
    });
  },
};

/** Services that roles speak of and that are not in their namespace. */
export const serviceRoleServicesAnalyzer: Analyzer = {
  name: 'auth.ServiceRoleServicesAnalyzer',
  summary: 'Services that a ServiceRole speaks of and that are not in its namespace',
  codes: ['IST0101'],
  analyze: ({ world, services }) => {
    const byNamespace = Map.groupBy(services.all, ({ namespace }) => namespace);
    return pickKind(world.objects, SERVICE_ROLE).flatMap((subject) => {
      const hosts = byNamespace.get(subject.namespace)?.map(({ host }) => host) ?? [];
      return subject.spec.rules.flatMap((rule, index) =>
        rule.services.flatMap((service, at) => {
          if (hosts.some((host) => covers(service.toLowerCase(), host))) return [];
          const path = `spec.rules[${index}].services[${at}]`;
          return [found('IST0101', { subject, path }, ['service', service])];
        }),
      );
    });
  },
};

/** `*` is every service, and else a wildcard stands at the beginning or the end. */
function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  if (pattern.endsWith('*')) return host.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? host.endsWith(pattern.slice(1)) : pattern === host;
}
