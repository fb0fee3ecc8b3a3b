import type { MeshNetworks } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';
import type { ConfigObject } from '../config-object.ts';
import type { Finding } from '../finding.ts';
import { collect } from './report.ts';

/** Checks the networks of the mesh. */
export function validateMeshNetworks({ spec }: ConfigObject<MeshNetworks>): readonly Finding[] {
  return collect((report) => {
    for (const [name, { gateways }] of Object.entries(spec.networks)) {
      for (const [index, { port }] of gateways.entries()) {
        if (port < 1 || port > 65_535)
          report(
            `networks.${name}.gateways[${index}].port`,
            `expected a port from 1 to 65535, found ${port}`,
          );
      }
    }
  });
}
