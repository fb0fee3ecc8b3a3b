import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig, IDENTITY_OPTIONS } from '@quintet/runtime';

/** Flags of the node agent; environment variables have the classic names where those exist. */
export const CONFIG = defineConfig({
  description:
    'The node agent gets certificates for the workloads of its node and serves them to their proxies by SDS.',
  options: {
    ...IDENTITY_OPTIONS,
    citadelAddress: { ...IDENTITY_OPTIONS.citadelAddress, env: 'CA_ADDR' },
    caProvider: {
      type: 'enum',
      flag: 'ca-provider',
      env: 'CA_PROVIDER',
      values: ['Citadel'],
      default: 'Citadel',
      description: 'who signs certificates',
    },
    ...BUS_OPTIONS,
    sdsSocket: {
      type: 'string',
      flag: 'sds-socket',
      default: '/var/run/sds/uds_path',
      description:
        'Unix socket of the secret discovery service; made with mode 0600 in a directory of mode 0700',
    },
    trustDomain: {
      type: 'string',
      flag: 'trust-domain',
      env: 'TRUST_DOMAIN',
      default: 'cluster.local',
      description: 'trust domain whose roots are followed',
    },
    secretTtl: {
      type: 'duration',
      flag: 'secret-ttl',
      env: 'SECRET_TTL',
      default: '24h',
      description: 'lifetime to ask for; renewed between 40 and 50 percent of it. 0 leaves it to citadel',
    },
    maxStreams: {
      type: 'int',
      flag: 'max-streams',
      default: 10_000,
      min: 1,
      description: 'SDS streams at one time',
    },
    maxTokens: {
      type: 'int',
      flag: 'max-tokens',
      default: 2_000,
      min: 1,
      description: 'different tokens at one time',
    },
    outputCerts: {
      type: 'string',
      flag: 'output-certs',
      env: 'OUTPUT_CERTS',
      description:
        'directory to write the certificate of --output-token-file to, for a process that reads files',
    },
    outputTokenFile: {
      type: 'string',
      flag: 'output-token-file',
      description:
        'token of the workload whose certificate is written; the own identity is written without it',
    },
  },
});
