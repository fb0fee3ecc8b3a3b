import type {
  HTTPRoute,
  HTTPRouteDestination,
  VirtualService,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { ENVOY_FILTER, VIRTUAL_SERVICE } from '../../kinds/networking.ts';
import { SERVICE_ROLE_BINDING } from '../../kinds/rbac.ts';
import { type Analyzer, found } from '../analyzer.ts';
import type { AnalysisWorld, AnalyzedObject } from '../world/analysis-world.ts';
import { pickKind } from '../world/pick-kind.ts';

/** Fields that the classic API keeps and advises against. */
export const deprecationAnalyzer: Analyzer = {
  name: 'deprecation.DeprecationAnalyzer',
  summary: 'Fields that have a successor',
  codes: ['IST0002'],
  analyze: ({ world }) =>
    deprecatedUses(world).map(({ subject, path, field, instead }) => {
      const advice = instead === '' ? '' : `; use ${instead}`;
      return found('IST0002', { subject, path }, [`${field} is deprecated${advice}`]);
    }),
};

type Use = { readonly path: string; readonly field: string; readonly instead: string };

function deprecatedUses(world: AnalysisWorld): (Use & { readonly subject: AnalyzedObject })[] {
  const filters = pickKind(world.objects, ENVOY_FILTER).flatMap((subject) => {
    const { workloadLabels, filters: old } = subject.spec;
    const uses: Use[] = [];
    if (Object.keys(workloadLabels).length > 0)
      uses.push(use('spec', 'EnvoyFilter', 'workloadLabels', 'EnvoyFilter.workloadSelector'));
    if (old.length > 0) uses.push(use('spec', 'EnvoyFilter', 'filters', 'EnvoyFilter.configPatches'));
    return uses.map((each) => ({ ...each, subject }));
  });
  const bindings = pickKind(world.objects, SERVICE_ROLE_BINDING).flatMap((subject) =>
    subject.spec.subjects.flatMap(({ group }, index) =>
      group === ''
        ? []
        : [
            {
              ...use(`spec.subjects[${index}]`, 'ServiceRoleBinding.subjects', 'group', 'groups'),
              subject,
            },
          ],
    ),
  );
  const services = pickKind(world.objects, VIRTUAL_SERVICE).flatMap((subject) =>
    ofVirtualService(subject.spec).map((each) => ({ ...each, subject })),
  );
  return [...services, ...filters, ...bindings];
}

function use(path: string, message: string, field: string, instead: string): Use {
  return { path: `${path}.${field}`, field: `${message}.${field}`, instead };
}

function ofVirtualService({ http }: VirtualService): Use[] {
  return http.flatMap((route, index) => {
    const path = `spec.http[${index}]`;
    return [
      ...(route.websocketUpgrade
        ? [{ path: `${path}.websocketUpgrade`, field: 'HTTPRoute.websocket_upgrade', instead: '' }]
        : []),
      ...(size(route.appendHeaders) > 0
        ? [headerUse(`${path}.appendHeaders`, 'HTTPRoute.append_headers', 'request.add')]
        : []),
      ...headerUses(route, path, 'HTTPRoute'),
      ...route.route.flatMap((destination, at) =>
        headerUses(destination, `${path}.route[${at}]`, 'HTTPRouteDestination'),
      ),
      ...faultUses(route, path),
    ];
  });
}

function headerUses(at: HTTPRoute | HTTPRouteDestination, path: string, message: string): Use[] {
  const uses = [
    [size(at.appendRequestHeaders), 'appendRequestHeaders', 'append_request_headers', 'request.add'],
    [at.removeRequestHeaders.length, 'removeRequestHeaders', 'remove_request_headers', 'request.remove'],
    [size(at.appendResponseHeaders), 'appendResponseHeaders', 'append_response_headers', 'response.add'],
    [at.removeResponseHeaders.length, 'removeResponseHeaders', 'remove_response_headers', 'response.remove'],
  ] as const;
  return uses.flatMap(([count, json, field, instead]) =>
    count === 0 ? [] : [headerUse(`${path}.${json}`, `${message}.${field}`, instead)],
  );
}

function headerUse(path: string, field: string, instead: string): Use {
  return { path, field, instead: `${field.slice(0, field.indexOf('.'))}.headers.${instead}` };
}

function faultUses({ fault }: HTTPRoute, path: string): Use[] {
  return (['delay', 'abort'] as const).flatMap((part) => {
    const message = `HTTPRoute.fault.${part}`;
    if (!fault?.[part]?.percent) return [];
    return [use(`${path}.fault.${part}`, message, 'percent', `${message}.percentage`)];
  });
}

function size(map: Readonly<Record<string, string>>): number {
  return Object.keys(map).length;
}
