import { type CertificateHolder, MeshError, type Options, type ValuesOf } from '@quintet/runtime';
import type { BusCredentials } from './nats/credentials.ts';

/** Options of every service that talks to the bus. */
export const BUS_OPTIONS = {
  natsAddress: {
    type: 'list',
    flag: 'nats-address',
    description: 'addresses of the bus, host:port; without one the service works without a bus',
  },
  natsSeedFile: {
    type: 'string',
    flag: 'nats-seed-file',
    description:
      'file with the seed of the nkey that is shown to the bus; the certificate is shown without it',
  },
  natsIdentity: {
    type: 'list',
    flag: 'nats-identity',
    default: ['spiffe://cluster.local/ns/istio-system/sa/istio-nats-service-account'],
    description: 'SPIFFE ids that the bus may have, where certificates are shown',
  },
} as const satisfies Options;

/** What the flags say is shown to the bus; throws `invalid_argument` when there is neither seed nor identity. */
export function busCredentials(
  config: ValuesOf<typeof BUS_OPTIONS>,
  holder: CertificateHolder | undefined,
): BusCredentials {
  if (config.natsSeedFile !== undefined) return { kind: 'nkey', seedFile: config.natsSeedFile };
  if (holder !== undefined) return { kind: 'certificate', holder, peers: config.natsIdentity };
  throw new MeshError(
    'invalid_argument',
    'nobody connects to the bus anonymously: expected --nats-seed-file',
  );
}
