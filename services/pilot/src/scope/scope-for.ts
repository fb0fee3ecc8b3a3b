import { OutboundTrafficPolicy_Mode } from '@quintet/proto/istio/networking/v1alpha3/sidecar_pb.js';
import type { ProxyNode } from '@quintet/proxy';
import { authorizationFor } from '../snapshot/authorization.ts';
import { gatewaysFor } from '../snapshot/gateways.ts';
import type { MeshService } from '../snapshot/services.ts';
import { selectingSidecars, sidecarFor } from '../snapshot/sidecars.ts';
import type { Snapshot } from '../snapshot/types.ts';
import { virtualServicesFor } from '../snapshot/virtual-services.ts';
import { visibleIn } from '../snapshot/visibility.ts';
import { egressViews, onePerHost } from './egress.ts';
import { scopeKeys } from './scope-keys.ts';
import { serviceSet } from './service-set.ts';
import type { Scope } from './types.ts';

const OUTBOUND = {
  [OutboundTrafficPolicy_Mode.REGISTRY_ONLY]: 'registry-only',
  [OutboundTrafficPolicy_Mode.ALLOW_ANY]: 'allow-any',
} as const;

/**
 * What one proxy may see of a snapshot: its Sidecar's hosts or, for a router, its gateways; its own services; the
 * policies that select it.
 */
export function scopeFor(snapshot: Snapshot, proxy: ProxyNode): Scope {
  const workload = {
    namespace: proxy.configNamespace,
    labels: proxy.labels,
    rootNamespace: snapshot.mesh.rootNamespace,
  };
  const instances = proxy.addresses.flatMap(
    (address) => snapshot.registry.endpoints.byAddress.get(address) ?? [],
  );
  const own = instances.map(({ service }) => service);
  const parts = {
    proxy,
    mesh: snapshot.mesh,
    locality: instances[0]?.endpoint.locality || proxy.locality,
    instances,
    authentication: snapshot.authentication,
    authorization: authorizationFor(snapshot.authorization, workload),
    quotas: snapshot.quotas,
    checkRules: snapshot.checkRules,
    ...(proxy.type === 'router' ? routerParts(snapshot, proxy, own) : sidecarParts(snapshot, proxy, own)),
  };
  return { ...scopeKeys(parts), ...parts };
}

type Reach = Pick<
  Scope,
  | 'outbound'
  | 'services'
  | 'servicesByHost'
  | 'destinationRules'
  | 'sidecar'
  | 'otherSidecars'
  | 'egress'
  | 'gateways'
  | 'virtualServices'
>;

function sidecarParts(snapshot: Snapshot, proxy: ProxyNode, own: readonly MeshService[]): Reach {
  const { mesh } = snapshot;
  const workload = { namespace: proxy.configNamespace, labels: proxy.labels };
  const sidecar = sidecarFor(snapshot.sidecars, { ...workload, rootNamespace: mesh.rootNamespace });
  const egress = egressViews(snapshot, proxy, sidecar);
  const policy = sidecar?.spec.outboundTrafficPolicy;
  const reached = {
    services: [...new Set(egress.flatMap(({ services }) => services))],
    virtualServices: [...new Set(egress.flatMap(({ virtualServices }) => virtualServices))],
    own,
  };
  return {
    outbound: policy === undefined ? mesh.outbound : OUTBOUND[policy.mode],
    ...serviceSet(snapshot, proxy.configNamespace, reached),
    ...(sidecar && { sidecar }),
    otherSidecars: selectingSidecars(snapshot.sidecars, workload).slice(1),
    egress,
    gateways: [],
    virtualServices: [],
  };
}

function routerParts(snapshot: Snapshot, proxy: ProxyNode, own: readonly MeshService[]): Reach {
  const namespace = proxy.configNamespace;
  const gateways = gatewaysFor(snapshot.gateways, proxy.labels);
  const refs = new Set(gateways.map(({ ref }) => ref));
  const virtualServices = virtualServicesFor(snapshot.virtualServices, refs, namespace);
  const visible = snapshot.registry.services.services.filter((service) => visibleIn(service, namespace));
  return {
    outbound: snapshot.mesh.outbound,
    ...serviceSet(snapshot, namespace, { services: onePerHost(visible, namespace), virtualServices, own }),
    otherSidecars: [],
    egress: [],
    gateways,
    virtualServices,
  };
}
