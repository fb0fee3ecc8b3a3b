import { durationMillis } from '@quintet/model';
import type {
  HTTPRoute,
  HTTPRouteDestination,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { Scope } from '../scope/types.ts';
import type { VirtualServiceConfig } from '../snapshot/virtual-services.ts';
import { resolveDestination, type Target } from './destination.ts';
import { hashPlan } from './hash-policy.ts';
import { NO_HEADERS, requestHeaders, responseHeaders } from './header-operations.ts';
import { BLACK_HOLE } from './names.ts';
import { retryPlan } from './retry.ts';
import type { ForwardAction, HashPlan, HeaderOperations, WeightedTarget } from './route-types.ts';

/** A forwarding action; with a single destination its header operations belong to the route. */
export type Forward = {
  readonly action: ForwardAction;
  readonly destinations: readonly Target[];
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
};

type From = { readonly scope: Scope; readonly listenerPort: number };

/** Where a route sends requests, or undefined when it has no destination. Destinations of weight 0 get none. */
export function forwardAction(
  config: VirtualServiceConfig,
  route: HTTPRoute,
  from: From,
): Forward | undefined {
  const weighted =
    route.route.length > 1 ? route.route.filter((destination) => destination.weight > 0) : route.route;
  const resolved = weighted.map((written) => ({
    written,
    target: resolveDestination(from.scope, written.destination, {
      namespace: config.namespace,
      listenerPort: from.listenerPort,
    }),
  }));
  const [first, ...others] = resolved;
  if (!first) return undefined;
  const single = others.length === 0;
  const retry = retryPlan(route.retries);
  return {
    action: {
      kind: 'forward',
      targets: resolved.map(({ written, target }) => weightedTarget(written, target, single)),
      timeoutMs: durationMillis(route.timeout) ?? 0,
      ...(retry && { retry }),
      rewrite: rewriteOf(route),
      mirrors: mirrorsOf(config, route, from),
      hash: hashesOf(
        from.scope,
        resolved.map(({ target }) => target),
      ),
    },
    destinations: resolved.map(({ target }) => target),
    requestHeaders: single ? requestHeaders(first.written) : NO_HEADERS,
    responseHeaders: single ? responseHeaders(first.written) : NO_HEADERS,
  };
}

function weightedTarget(written: HTTPRouteDestination, target: Target, single: boolean): WeightedTarget {
  return {
    cluster: target.cluster,
    weight: single ? 100 : written.weight,
    requestHeaders: single ? NO_HEADERS : requestHeaders(written),
    responseHeaders: single ? NO_HEADERS : responseHeaders(written),
  };
}

function rewriteOf({ rewrite }: HTTPRoute): ForwardAction['rewrite'] {
  const regex = rewrite?.uriRegexRewrite;
  return {
    ...(rewrite && rewrite.uri !== '' && { prefix: rewrite.uri }),
    ...(regex && { regexRewrite: { pattern: regex.match, substitution: regex.rewrite } }),
    ...(rewrite && rewrite.authority !== '' && { host: rewrite.authority }),
  };
}

/** Copies of requests; what cannot be resolved gets none. */
function mirrorsOf(config: VirtualServiceConfig, route: HTTPRoute, from: From): ForwardAction['mirrors'] {
  const written = [
    ...(route.mirror
      ? [{ destination: route.mirror, percent: route.mirrorPercentage?.value ?? route.mirrorPercent ?? 100 }]
      : []),
    ...route.mirrors.map(({ destination, percentage }) => ({
      destination,
      percent: percentage?.value ?? 100,
    })),
  ];
  return written
    .map(({ destination, percent }) => ({
      cluster: resolveDestination(from.scope, destination, {
        namespace: config.namespace,
        listenerPort: from.listenerPort,
      }).cluster,
      percent,
    }))
    .filter(({ cluster, percent }) => percent > 0 && cluster !== BLACK_HOLE);
}

function hashesOf(scope: Scope, targets: readonly Target[]): readonly HashPlan[] {
  const hashes = targets.flatMap((target) => hashPlan(scope, target));
  return [...new Map(hashes.map((hash) => [JSON.stringify(hash), hash])).values()];
}
