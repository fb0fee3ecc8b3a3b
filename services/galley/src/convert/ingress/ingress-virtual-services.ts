import { create } from '@bufbuild/protobuf';
import { type ConfigObject, makeConfigObject, VIRTUAL_SERVICE } from '@quintet/model';
import {
  type VirtualService,
  VirtualServiceSchema,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { Remembered } from '../remembered.ts';
import { COMMON_GATEWAY, GATEWAY_NAMESPACE, gatewayName, virtualServiceName } from './ingress-names.ts';
import { type IngressRoute, sortRoutes } from './ingress-routes.ts';

/**
 * One virtual service for each host of `routes`, which are in the order of their Ingresses, oldest first. It is named
 * after the oldest, in its namespace, and bound to the gateways of all of them.
 */
export function ingressVirtualServices(
  routes: readonly IngressRoute[],
  remembered: Remembered<ConfigObject>,
): ConfigObject[] {
  const names = new Set<string>();
  return [...Map.groupBy(routes, ({ host }) => host)].flatMap(([host, ofHost]) => {
    const [first] = ofHost;
    if (first === undefined) return [];
    const name = unused(virtualServiceName(host, first.ingress), first.ingress.namespace, names);
    return remembered.get(`VirtualService ${name} ${host}`, ofHost.flatMap(inputsOf), () =>
      makeVirtualService(name, first, ofHost),
    );
  });
}

function makeVirtualService(
  name: string,
  first: IngressRoute,
  ofHost: readonly IngressRoute[],
): ConfigObject<VirtualService> {
  const { namespace, createTime, origin } = first.ingress;
  const gateways = new Set(ofHost.map(({ ingress }) => `${GATEWAY_NAMESPACE}/${gatewayName(ingress)}`));
  return makeConfigObject({
    kind: VIRTUAL_SERVICE,
    namespace,
    name,
    createTime,
    spec: create(VirtualServiceSchema, {
      hosts: [first.host],
      gateways: [COMMON_GATEWAY, ...gateways],
      http: sortRoutes(ofHost).map(httpRoute),
    }),
    ...(origin && { origin }),
  });
}

/** Everything a route brings into its virtual service. */
function inputsOf({ ingress, matches, destination }: IngressRoute): unknown[] {
  const paths = matches.map((match) => `${match.case} ${match.value}`).join('\n');
  return [ingress, paths, destination.host, destination.port];
}

function httpRoute({ matches, destination }: IngressRoute) {
  return {
    match: matches.map((matchType) => ({ uri: { matchType } })),
    route: [{ destination: { host: destination.host, port: { number: destination.port } }, weight: 100 }],
  };
}

/** Hosts `a.b` and `a-b` would give the same name. */
function unused(name: string, namespace: string, names: Set<string>): string {
  let free = name;
  for (let count = 2; names.has(`${namespace}/${free}`); count += 1) free = `${name}-${count}`;
  names.add(`${namespace}/${free}`);
  return free;
}
