import { durationMillis } from '@quintet/model';
import type { CorsPolicy } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { textMatch } from './route-match.ts';
import type { CorsPlan } from './route-types.ts';

/** Which other origins' pages may read the answers of a route. */
export function corsPlan(policy: CorsPolicy): CorsPlan {
  const maxAge = durationMillis(policy.maxAge);
  return {
    allowOrigins: [
      ...policy.allowOrigin.map((value) => ({ kind: 'exact', value }) as const),
      ...policy.allowOrigins.map(textMatch),
    ],
    allowMethods: policy.allowMethods,
    allowHeaders: policy.allowHeaders,
    exposeHeaders: policy.exposeHeaders,
    ...(maxAge !== undefined && { maxAgeSeconds: Math.floor(maxAge / 1000) }),
    ...(policy.allowCredentials !== undefined && { allowCredentials: policy.allowCredentials }),
  };
}
