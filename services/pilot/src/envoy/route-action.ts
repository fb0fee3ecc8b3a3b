import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  type DirectResponseAction,
  DirectResponseActionSchema,
  type RedirectAction as EnvoyRedirectAction,
  type Route as EnvoyRoute,
  type RouteAction as EnvoyRouteAction,
  RedirectActionSchema,
  RedirectAction_RedirectResponseCode as RedirectCode,
  RouteActionSchema,
  type WeightedCluster,
  WeightedClusterSchema,
} from '@quintet/proto/envoy/config/route/v3/route_components_pb.js';
import type {
  AnswerAction,
  ForwardAction,
  RedirectAction,
  RoutePlan,
  WeightedTarget,
} from '../plan/route-types.ts';
import type { Fields } from './any.ts';
import { duration } from './duration.ts';
import { headerLists } from './header-operations.ts';
import { fractionalPercent } from './percent.ts';
import { hashPolicy, retryPolicy } from './retry.ts';
import { regexMatcher } from './text-matcher.ts';

/** What a route does with a request. */
export function routeAction(action: RoutePlan['action']): EnvoyRoute['action'] {
  switch (action.kind) {
    case 'forward':
      return { case: 'route', value: forward(action) };
    case 'redirect':
      return { case: 'redirect', value: redirect(action) };
    case 'answer':
      return { case: 'directResponse', value: answer(action) };
  }
}

function forward(action: ForwardAction): EnvoyRouteAction {
  return create(RouteActionSchema, {
    clusterSpecifier: clusterSpecifier(action.targets),
    ...timeouts(action.timeoutMs),
    ...(action.retry && { retryPolicy: retryPolicy(action.retry) }),
    ...rewrite(action.rewrite),
    requestMirrorPolicies: action.mirrors.map((mirror) => ({
      cluster: mirror.cluster,
      runtimeFraction: { defaultValue: fractionalPercent(mirror.percent) },
    })),
    hashPolicy: action.hash.map(hashPolicy),
  });
}

/**
 * Without a limit of our own the caller's `grpc-timeout` counts, as long as it is. A route that says anything about the
 * duration of streams ignores its `timeout`, so with a limit of our own that one stands alone.
 */
function timeouts(
  limitMs: number,
): Pick<MessageInitShape<typeof RouteActionSchema>, 'timeout' | 'maxStreamDuration'> {
  const timeout = duration(limitMs);
  return limitMs > 0 ? { timeout } : { timeout, maxStreamDuration: { grpcTimeoutHeaderMax: timeout } };
}

function clusterSpecifier(targets: readonly WeightedTarget[]): EnvoyRouteAction['clusterSpecifier'] {
  const [only] = targets;
  if (only && targets.length === 1) return { case: 'cluster', value: only.cluster };
  return { case: 'weightedClusters', value: weightedClusters(targets) };
}

function weightedClusters(targets: readonly WeightedTarget[]): WeightedCluster {
  return create(WeightedClusterSchema, {
    clusters: targets.map((target) => ({
      name: target.cluster,
      weight: target.weight,
      ...headerLists(target.requestHeaders, target.responseHeaders),
    })),
  });
}

function rewrite(plan: ForwardAction['rewrite']): Fields<typeof RouteActionSchema> {
  return {
    ...(plan.prefix !== undefined && { prefixRewrite: plan.prefix }),
    ...(plan.regexRewrite && {
      regexRewrite: {
        pattern: regexMatcher(plan.regexRewrite.pattern),
        substitution: plan.regexRewrite.substitution,
      },
    }),
    ...(plan.host !== undefined && {
      hostRewriteSpecifier: { case: 'hostRewriteLiteral' as const, value: plan.host },
    }),
  };
}

const REDIRECT_CODES: Readonly<Record<RedirectAction['code'], RedirectCode>> = {
  301: RedirectCode.MOVED_PERMANENTLY,
  302: RedirectCode.FOUND,
  303: RedirectCode.SEE_OTHER,
  307: RedirectCode.TEMPORARY_REDIRECT,
  308: RedirectCode.PERMANENT_REDIRECT,
};

function redirect(action: RedirectAction): EnvoyRedirectAction {
  return create(RedirectActionSchema, {
    responseCode: REDIRECT_CODES[action.code],
    ...(action.host !== undefined && { hostRedirect: action.host }),
    ...(action.path !== undefined && {
      pathRewriteSpecifier: { case: 'pathRedirect' as const, value: action.path },
    }),
  });
}

function answer(action: AnswerAction): DirectResponseAction {
  return create(DirectResponseActionSchema, {
    status: action.status,
    ...(action.body !== '' && { body: { specifier: { case: 'inlineString' as const, value: action.body } } }),
  });
}
