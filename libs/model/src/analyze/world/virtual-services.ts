import type {
  Destination,
  VirtualService,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { ConfigObject } from '../../config-object.ts';
import { gatewayRef, MESH_GATEWAY, resolveHost } from '../../hosts.ts';
import { VIRTUAL_SERVICE } from '../../kinds/networking.ts';
import type { AnalysisWorld } from './analysis-world.ts';
import { pickByAge } from './pick-kind.ts';
import { effectiveExportTo, type Visibility } from './visibility.ts';

/** A virtual service with its names resolved from the place where it stands. */
export type VirtualServiceView = Visibility & {
  readonly subject: ConfigObject<VirtualService>;
  readonly spec: VirtualService;
  readonly name: string;
  /** Fully qualified, lower case, in the order of `spec.hosts`. */
  readonly hosts: readonly string[];
  /** `mesh` or `<namespace>/<name>`, in the order of `spec.gateways`. */
  readonly gateways: readonly string[];
};

/** All virtual services, oldest first: the first one wins. */
export function virtualServicesOf(world: AnalysisWorld): readonly VirtualServiceView[] {
  const { domain, meshConfig } = world;
  return pickByAge(world.objects, VIRTUAL_SERVICE).map((subject) => {
    const { name, namespace, spec } = subject;
    return {
      subject,
      spec,
      name,
      namespace,
      hosts: spec.hosts.map((host) => resolveHost(host, namespace, domain)),
      gateways: resolveGateways(spec.gateways, namespace),
      exportTo: effectiveExportTo(spec.exportTo, meshConfig.defaultVirtualServiceExportTo),
    };
  });
}

/** Gateways by `<namespace>/<name>`; none written means the sidecars. */
export function resolveGateways(written: readonly string[], namespace: string): readonly string[] {
  return written.length === 0 ? [MESH_GATEWAY] : written.map((reference) => gatewayRef(reference, namespace));
}

/** A destination and where it stands in its virtual service. */
export type DestinationPlace = { readonly destination: Destination; readonly path: string };

/** Everything that a virtual service sends requests to: routes and mirrors. */
export function destinationsOf(spec: VirtualService): readonly DestinationPlace[] {
  const lists = [
    ...spec.http.map(({ route }, index) => ({ route, path: `spec.http[${index}].route` })),
    ...spec.tls.map(({ route }, index) => ({ route, path: `spec.tls[${index}].route` })),
    ...spec.tcp.map(({ route }, index) => ({ route, path: `spec.tcp[${index}].route` })),
  ];
  const mirrors = spec.http.flatMap(({ mirror, mirrors: more }, index) => [
    { destination: mirror, path: `spec.http[${index}].mirror` },
    ...more.map(({ destination }, at) => ({
      destination,
      path: `spec.http[${index}].mirrors[${at}].destination`,
    })),
  ]);
  const routed = lists.flatMap(({ route, path }) =>
    route.map(({ destination }, at) => ({ destination, path: `${path}[${at}].destination` })),
  );
  return [...routed, ...mirrors].flatMap(({ destination, path }) =>
    destination === undefined ? [] : [{ destination, path }],
  );
}
