import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig, IDENTITY_OPTIONS } from '@quintet/runtime';
import { CLASSIC_FLAGS } from './classic-flags.ts';

/** Flags of the injector; classic names where the classic flag exists. */
export const CONFIG = defineConfig({
  description: 'The injector adds sidecars to pods: it answers the admission reviews of Kubernetes.',
  classic: CLASSIC_FLAGS,
  options: {
    injectConfig: {
      type: 'string',
      flag: 'injectConfig',
      description: 'file with the policy and the selectors; without it every pod is injected that may be',
    },
    injectValues: {
      type: 'string',
      flag: 'injectValues',
      description: 'file with the values that sidecars are made from; without it the defaults',
    },
    meshConfig: {
      type: 'string',
      flag: 'meshConfig',
      description: 'file with the mesh configuration; without it the defaults',
    },
    tlsCertFile: {
      type: 'string',
      flag: 'tlsCertFile',
      description: 'file with the certificate chain of the webhook; without it the identity is shown',
    },
    tlsKeyFile: {
      type: 'string',
      flag: 'tlsKeyFile',
      description: 'file with the key of that certificate',
    },
    clientCaFile: {
      type: 'string',
      flag: 'client-ca-file',
      description: 'file with the roots of those who may ask; without it anybody may who can reach the port',
    },
    address: {
      type: 'string',
      flag: 'address',
      default: '0.0.0.0:9443',
      description: 'address of the webhook, host:port',
    },
    port: {
      type: 'int',
      flag: 'port',
      min: 0,
      max: 65_535,
      description: 'port of the webhook; wins over the port of --address',
    },
    insecure: {
      type: 'bool',
      flag: 'insecure',
      description: 'speak plaintext; for tests, on a loopback address only',
    },
    namespace: {
      type: 'string',
      flag: 'namespace',
      env: 'POD_NAMESPACE',
      default: 'istio-system',
      description: 'namespace that the injector runs in: its own pods are not injected',
    },
    requestsPerSecond: {
      type: 'int',
      flag: 'max-requests-per-second',
      default: 500,
      min: 1,
      description: 'reviews in a second; twice as many at once',
    },
    ...IDENTITY_OPTIONS,
    ...BUS_OPTIONS,
  },
});
