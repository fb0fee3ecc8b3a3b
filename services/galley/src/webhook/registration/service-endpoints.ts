import { createReflector, type Discovery, type KubeClient, type Reflector } from '@quintet/kube';
import type { Clock, Random } from '@quintet/runtime';
import { SLICES, selectorOf } from './ready-endpoint.ts';

export type ServiceEndpointsOptions = {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly discovery: Discovery;
  readonly namespace: string;
  readonly serviceName: string;
  readonly clock: Clock;
  readonly random: Random;
  /** The endpoints may be others than before. */
  readonly onChange: () => void;
};

/** Follows the endpoints of one Service, as long as its slices may be read. */
export function followEndpoints(options: ServiceEndpointsOptions): Reflector {
  const { client, discovery, namespace, serviceName, clock, random, onChange } = options;
  const { version, ...type } = SLICES;
  return createReflector({
    ...{ client, discovery, clock, random, onChange },
    type: { ...type, versions: [version] },
    selection: { namespace, labelSelector: selectorOf(serviceName) },
    decode: () => undefined,
  });
}
