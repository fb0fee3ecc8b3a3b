import type { Random } from '../clock/backoff.ts';
import type { Clock } from '../clock/clock.ts';
import type { Options, ValuesOf } from '../config/option.ts';
import { MeshError } from '../errors/mesh-error.ts';
import type { Log } from '../log/log.ts';
import { createCitadelIdentity } from './citadel-identity.ts';
import { createFileIdentity } from './file-identity.ts';
import type { ServiceIdentity } from './service-identity.ts';

/** Options of every service that gets its identity from outside. */
export const IDENTITY_OPTIONS = {
  certDir: {
    type: 'string',
    flag: 'cert-dir',
    description: 'directory with cert-chain.pem, key.pem and root-cert.pem; wins over a token',
  },
  tokenFile: {
    type: 'string',
    flag: 'token-file',
    description: 'file with the token that citadel is shown for a certificate',
  },
  rootCertFile: {
    type: 'string',
    flag: 'root-cert-file',
    description: 'file with the roots that are trusted; needed with a token',
  },
  citadelAddress: {
    type: 'string',
    flag: 'citadel-address',
    default: 'istio-citadel.istio-system:8060',
    description: 'address of citadel; used with a token',
  },
  citadelIdentity: {
    type: 'list',
    flag: 'citadel-identity',
    default: ['spiffe://cluster.local/ns/istio-system/sa/istio-citadel-service-account'],
    description: 'SPIFFE ids that citadel may have',
  },
  certLifetime: {
    type: 'duration',
    flag: 'cert-lifetime',
    default: '0s',
    description: 'lifetime to ask for; citadel decides when 0',
  },
} as const satisfies Options;

export type ServiceIdentityOptions = {
  readonly config: ValuesOf<typeof IDENTITY_OPTIONS>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
};

/**
 * The identity that the flags ask for: files when there is a directory, else citadel by token.
 * Throws `invalid_argument` when they ask for neither.
 */
export function createServiceIdentity(options: ServiceIdentityOptions): ServiceIdentity {
  const { config, clock, random } = options;
  const log = options.log.child({ component: 'identity' });
  if (config.certDir !== undefined) return createFileIdentity({ directory: config.certDir, clock, log });
  if (config.tokenFile === undefined || config.rootCertFile === undefined) {
    throw new MeshError(
      'invalid_argument',
      'no identity: expected --cert-dir, or --token-file with --root-cert-file',
    );
  }
  return createCitadelIdentity({
    citadel: { address: config.citadelAddress, peers: config.citadelIdentity },
    tokenFile: config.tokenFile,
    rootFile: config.rootCertFile,
    lifetimeMs: config.certLifetime,
    clock,
    random,
    log,
  });
}
