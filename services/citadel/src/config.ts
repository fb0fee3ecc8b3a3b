import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig } from '@quintet/runtime';
import { CLASSIC_FLAGS } from './classic-flags.ts';

/** Flags of citadel; classic names where the classic flag exists. */
export const CONFIG = defineConfig({
  description: 'Citadel is the certificate authority of the mesh: it signs workload identities.',
  classic: CLASSIC_FLAGS,
  options: {
    ...BUS_OPTIONS,
    selfSignedCa: {
      type: 'bool',
      flag: 'self-signed-ca',
      description: 'make and keep an own root instead of using a plugged-in authority',
    },
    caDir: {
      type: 'string',
      flag: 'ca-dir',
      description: 'directory that keeps the self-signed authority (mode 0700)',
    },
    caKeyType: {
      type: 'enum',
      flag: 'ca-key-type',
      values: ['ec', 'rsa'],
      default: 'ec',
      description:
        'key of a new self-signed authority: EC P-256, or RSA 2048 as in the classic mesh (signs ten times slower)',
    },
    rootTtl: {
      type: 'duration',
      flag: 'self-signed-ca-cert-ttl',
      env: 'CITADEL_SELF_SIGNED_CA_CERT_TTL',
      default: '87600h',
      description: 'lifetime of a self-signed root',
    },
    rootCheckInterval: {
      type: 'duration',
      flag: 'self-signed-root-cert-check-interval',
      env: 'CITADEL_SELF_SIGNED_ROOT_CERT_CHECK_INTERVAL',
      default: '1h',
      description: 'how often the stored authority is looked at and a due root renewed; 0 never',
    },
    rootGracePercent: {
      type: 'int',
      flag: 'self-signed-root-cert-grace-period-percentile',
      env: 'CITADEL_SELF_SIGNED_ROOT_CERT_GRACE_PERIOD_PERCENTILE',
      default: 20,
      min: 0,
      max: 99,
      description: 'a self-signed root with less than this percentage of its life left is renewed',
    },
    rootCheckJitter: {
      type: 'bool',
      flag: 'enable-jitter-for-root-cert-rotator',
      env: 'CITADEL_ENABLE_JITTER_FOR_ROOT_CERT_ROTATOR',
      default: true,
      description: 'begin the checks at a random point of their interval',
    },
    signingCert: {
      type: 'string',
      flag: 'signing-cert',
      description: 'file with the certificate of a plugged-in authority',
    },
    signingKey: {
      type: 'string',
      flag: 'signing-key',
      description: 'file with the key of a plugged-in authority',
    },
    rootCert: {
      type: 'string',
      flag: 'root-cert',
      description:
        'file with the roots to trust; with a self-signed authority they are trusted beside its own',
    },
    certChain: {
      type: 'string',
      flag: 'cert-chain',
      description: 'file with the certificates from the signing one up to the root',
    },
    rootOutput: {
      type: 'string',
      flag: 'root-output',
      description: 'file that the trusted roots are written to, for others to read',
    },
    trustDomain: {
      type: 'string',
      flag: 'trust-domain',
      default: 'cluster.local',
      description: 'trust domain of the identities',
    },
    namespace: {
      type: 'string',
      flag: 'citadel-storage-namespace',
      default: 'istio-system',
      description: 'namespace of citadel: part of its own identity',
    },
    serviceAccount: {
      type: 'string',
      flag: 'citadel-service-account',
      default: 'istio-citadel-service-account',
      description: 'service account of citadel: part of its own identity',
    },
    workloadCertTtl: {
      type: 'duration',
      flag: 'workload-cert-ttl',
      default: '2160h',
      description: 'lifetime of certificates for those who ask for none',
    },
    maxWorkloadCertTtl: {
      type: 'duration',
      flag: 'max-workload-cert-ttl',
      default: '2160h',
      description: 'longest lifetime that is given',
    },
    grpcPort: {
      type: 'int',
      flag: 'grpc-port',
      default: 8060,
      min: 0,
      max: 65535,
      description: 'port of the certificate services',
    },
    grpcAddress: {
      type: 'string',
      flag: 'grpc-address',
      default: '0.0.0.0',
      description: 'IP address to listen on',
    },
    grpcHostIdentities: {
      type: 'list',
      flag: 'grpc-host-identities',
      default: ['istio-ca', 'istio-citadel'],
      description: 'DNS names in the certificate of the gRPC port',
    },
    serverCertTtl: {
      type: 'duration',
      flag: 'server-cert-ttl',
      default: '24h',
      description: 'lifetime of the certificate of the gRPC port; it is renewed at half of it',
    },
    jwtIssuer: {
      type: 'string',
      flag: 'jwt-issuer',
      description: 'issuer whose tokens are accepted; needs --jwks-file',
    },
    jwksFile: {
      type: 'string',
      flag: 'jwks-file',
      description: 'file with the public keys of that issuer (JWKS); watched',
    },
    ratePerIdentity: {
      type: 'int',
      flag: 'max-certificates-per-second',
      default: 50,
      min: 1,
      description: 'certificates for one identity in a second; four times as many at once',
    },
    ratePerAddress: {
      type: 'int',
      flag: 'max-requests-per-second',
      default: 500,
      min: 1,
      description: 'requests from one address in a second, known or not; four times as many at once',
    },
  },
});
