import { MESH_GATEWAY } from '../../hosts.ts';
import { type Analyzer, found } from '../analyzer.ts';
import type { VirtualServiceView } from '../world/virtual-services.ts';
import { seenTogether } from '../world/visibility.ts';

/** Several virtual services for one host among those that sidecars take: the oldest counts alone. */
export const meshHostConflictAnalyzer: Analyzer = {
  name: 'virtualservice.ConflictingMeshGatewayHosts',
  summary: 'Hosts that several VirtualServices define for the sidecars',
  codes: ['IST0109'],
  analyze: ({ virtualServices }) => {
    const onMesh = virtualServices.filter(({ gateways }) => gateways.includes(MESH_GATEWAY));
    const byHost = Map.groupBy(
      onMesh.flatMap((service) => service.hosts.map((host, index) => ({ service, host, index }))),
      ({ host }) => host,
    );
    return [...byHost].flatMap(([host, claims]) =>
      claims.flatMap(({ service, index }) => {
        const rivals = claims.map((claim) => claim.service).filter((other) => clash(service, other));
        if (rivals.length === 0) return [];
        const names = [service, ...rivals].map(fullName).toSorted().join(',');
        return [found('IST0109', { subject: service.subject, path: `spec.hosts[${index}]` }, [names, host])];
      }),
    );
  },
};

function clash(a: VirtualServiceView, b: VirtualServiceView): boolean {
  return a !== b && seenTogether(a, b);
}

/** `<name>.<namespace>` */
export function fullName({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return `${name}.${namespace}`;
}
