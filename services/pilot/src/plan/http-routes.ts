import type {
  HTTPMatchRequest,
  HTTPRoute,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { Scope } from '../scope/types.ts';
import type { MeshService } from '../snapshot/services.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import { corsPlan } from './cors.ts';
import type { Target } from './destination.ts';
import { faultPlan } from './fault.ts';
import { forwardAction } from './forward-action.ts';
import { hashPlan } from './hash-policy.ts';
import { joinHeaders, NO_HEADERS, requestHeaders, responseHeaders } from './header-operations.ts';
import { type Asking, routeContext } from './mixer.ts';
import { outboundCluster } from './names.ts';
import { DEFAULT_RETRY } from './retry.ts';
import { ANY_REQUEST, matchApplies, matchesEverything, type Place, routeMatch } from './route-match.ts';
import type { AnswerAction, RedirectAction, RouteMatch, RoutePlan } from './route-types.ts';

/** What routes are made for. */
export type RouteContextInput = { readonly scope: Scope; readonly place: Place; readonly asking: Asking };

/**
 * The routes of a virtual service at one place, in its order. After a route that takes everything the rest is left
 * out, since it could never be reached.
 */
export function httpRoutes(config: VirtualServiceConfig, input: RouteContextInput): readonly RoutePlan[] {
  const routes: RoutePlan[] = [];
  for (const route of config.spec.http) {
    for (const match of route.match.length === 0 ? [undefined] : route.match) {
      if (match && !matchApplies(match, input.place, config.namespace)) continue;
      const plan = routeOf(config, route, match, input);
      if (!plan) continue;
      routes.push(plan);
      if (matchesEverything(plan.match)) return routes;
    }
  }
  return routes;
}

/** The route of a service without a virtual service. */
export function defaultRoute(service: MeshService, port: number, input: RouteContextInput): RoutePlan {
  const { scope, asking } = input;
  return {
    name: 'default',
    match: ANY_REQUEST,
    action: {
      kind: 'forward',
      targets: [
        {
          cluster: outboundCluster(service.host, port),
          weight: 100,
          requestHeaders: NO_HEADERS,
          responseHeaders: NO_HEADERS,
        },
      ],
      timeoutMs: 0,
      retry: DEFAULT_RETRY,
      rewrite: {},
      mirrors: [],
      hash: hashPlan(scope, { host: service.host, port, subset: '' }),
    },
    requestHeaders: NO_HEADERS,
    responseHeaders: NO_HEADERS,
    operation: `${service.host}:${port}/*`,
    context: routeContext(asking, service),
    sources: [service.source, ...(scope.destinationRules.get(service.host)?.sources ?? [])].toSorted(),
  };
}

function routeOf(
  config: VirtualServiceConfig,
  route: HTTPRoute,
  written: HTTPMatchRequest | undefined,
  input: RouteContextInput,
): RoutePlan | undefined {
  const { scope, place, asking } = input;
  const match = written ? routeMatch(written) : ANY_REQUEST;
  const forward = forwardAction(config, route, { scope, listenerPort: place.port });
  const action = redirectAction(route) ?? answerAction(route) ?? forward?.action;
  if (!action) return undefined;
  const [target] = action.kind === 'forward' ? (forward?.destinations ?? []) : [];
  const single = action.kind === 'forward' && forward?.destinations.length === 1 ? forward : undefined;
  const fault = faultPlan(route.fault);
  return {
    name: [route.name, written?.name ?? ''].filter((part) => part !== '').join('.'),
    match,
    action,
    requestHeaders: joinHeaders(requestHeaders(route), single?.requestHeaders ?? NO_HEADERS),
    responseHeaders: joinHeaders(responseHeaders(route), single?.responseHeaders ?? NO_HEADERS),
    ...(fault && { fault }),
    ...(route.corsPolicy && { cors: corsPlan(route.corsPolicy) }),
    operation: `${operationHost(config, single ? target : undefined, place.port)}${operationPath(match)}`,
    context: routeContext(asking, target?.service),
    sources: routeSources(config, scope, forward?.destinations ?? []),
  };
}

function operationHost(config: VirtualServiceConfig, target: Target | undefined, port: number): string {
  return target ? `${target.host}:${target.port}` : `${config.name}:${port}`;
}

function operationPath({ path }: RouteMatch): string {
  return path.kind === 'prefix' ? `${path.value}*` : path.value;
}

function routeSources(
  config: VirtualServiceConfig,
  scope: Scope,
  targets: readonly Target[],
): readonly string[] {
  const rules = targets.flatMap(({ host }) => scope.destinationRules.get(host)?.sources ?? []);
  return [...new Set([config.source, ...rules])].toSorted();
}

/** A redirect with a code that is none has no effect, as in the classic mesh. */
function redirectAction({ redirect }: HTTPRoute): RedirectAction | undefined {
  if (!redirect) return undefined;
  const code = redirectCode(redirect.redirectCode);
  if (code === undefined) return undefined;
  return {
    kind: 'redirect',
    ...(redirect.uri !== '' && { path: redirect.uri }),
    ...(redirect.authority !== '' && { host: redirect.authority }),
    code,
  };
}

function redirectCode(written: number): RedirectAction['code'] | undefined {
  switch (written) {
    case 0:
      return 301;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return written;
    default:
      return undefined;
  }
}

function answerAction({ directResponse }: HTTPRoute): AnswerAction | undefined {
  if (!directResponse) return undefined;
  const body = directResponse.body?.specifier;
  return {
    kind: 'answer',
    status: directResponse.status,
    body: body?.case === 'string' ? body.value : '',
  };
}
