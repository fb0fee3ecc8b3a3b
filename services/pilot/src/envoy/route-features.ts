import type { Any } from '@bufbuild/protobuf/wkt';
import { CorsPolicySchema } from '@quintet/proto/envoy/extensions/filters/http/cors/v3/cors_pb.js';
import { ExtAuthzPerRouteSchema } from '@quintet/proto/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js';
import { HTTPFaultSchema } from '@quintet/proto/envoy/extensions/filters/http/fault/v3/fault_pb.js';
import type { RouteContext } from '../plan/mixer-types.ts';
import type { CorsPlan, FaultPlan, RoutePlan, RouteTablePlan } from '../plan/route-types.ts';
import { tableAccess } from './access.ts';
import { type Fields, packed } from './any.ts';
import { duration } from './duration.ts';
import { HTTP_FILTERS } from './extension-names.ts';
import { sortedByKey } from './metadata.ts';
import { fractionalPercent } from './percent.ts';
import { stringMatcher } from './text-matcher.ts';

/** Settings of HTTP filters for one route, by the filter's name in the chain, in sorted order. */
export function routeFeatures(route: RoutePlan): Record<string, Any> {
  const features = {
    ...(route.cors && { [HTTP_FILTERS.cors]: cors(route.cors) }),
    ...(route.fault && { [HTTP_FILTERS.fault]: fault(route.fault) }),
    ...(route.context.check !== 'absent' && { [HTTP_FILTERS.check]: check(route.context) }),
  };
  return sortedByKey(features, (value) => value);
}

/** Settings of HTTP filters for all routes of a table, to stand on each of its virtual hosts. */
export function tableFeatures({ access, checkAttributes }: RouteTablePlan): Record<string, Any> {
  const features = {
    ...tableAccess(access),
    ...(Object.keys(checkAttributes).length > 0 && { [HTTP_FILTERS.check]: checkContext(checkAttributes) }),
  };
  return sortedByKey(features, (value) => value);
}

function cors(plan: CorsPlan): Any {
  return packed(CorsPolicySchema, {
    allowOriginStringMatch: plan.allowOrigins.map((origin) => stringMatcher(origin)),
    allowMethods: plan.allowMethods.join(','),
    allowHeaders: plan.allowHeaders.join(','),
    exposeHeaders: plan.exposeHeaders.join(','),
    maxAge: plan.maxAgeSeconds === undefined ? '' : String(plan.maxAgeSeconds),
    ...(plan.allowCredentials !== undefined && { allowCredentials: plan.allowCredentials }),
    filterEnabled: { defaultValue: fractionalPercent(100) },
  });
}

function fault(plan: FaultPlan): Any {
  const config: Fields<typeof HTTPFaultSchema> = {
    ...(plan.delay && {
      delay: {
        faultDelaySecifier: { case: 'fixedDelay' as const, value: duration(plan.delay.durationMs) },
        percentage: fractionalPercent(plan.delay.percent),
      },
    }),
    ...(plan.abort && {
      abort: {
        errorType: { case: 'httpStatus' as const, value: plan.abort.httpStatus },
        percentage: fractionalPercent(plan.abort.percent),
      },
    }),
  };
  return packed(HTTPFaultSchema, config);
}

/** What mixer has to know of the route, or that it need not be asked. */
function check(context: RouteContext): Any {
  if (context.check === 'skipped') {
    return packed(ExtAuthzPerRouteSchema, { override: { case: 'disabled', value: true } });
  }
  return checkContext(context.attributes);
}

/** Facts that go with a Check; those of a route are added to those of its virtual host by Envoy. */
function checkContext(attributes: Readonly<Record<string, string>>): Any {
  return packed(ExtAuthzPerRouteSchema, {
    override: {
      case: 'checkSettings',
      value: { contextExtensions: sortedByKey(attributes, (value) => value) },
    },
  });
}
