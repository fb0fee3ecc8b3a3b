import { serviceKey } from '../snapshot/services.ts';
import type { Snapshot } from '../snapshot/types.ts';
import type { EndpointGroup, EndpointSelection } from './cluster-types.ts';
import { groupEndpoints } from './endpoint-groups.ts';

/**
 * The endpoints a cluster's selection means at the moment. They go their own short way: a change of endpoints alone
 * makes no plan anew. Empty when the service has none or is gone.
 */
export function endpointsFor(
  snapshot: Pick<Snapshot, 'registry' | 'mesh'>,
  selection: EndpointSelection,
): readonly EndpointGroup[] {
  return groupEndpoints({
    endpoints: snapshot.registry.endpoints.byService.get(serviceKey(selection)) ?? [],
    port: selection.port,
    labels: selection.labels,
    locality: selection.locality,
    failover: selection.failover,
    settings: snapshot.mesh.locality,
  });
}
