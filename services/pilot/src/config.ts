import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig, IDENTITY_OPTIONS } from '@quintet/runtime';
import { CLASSIC_FLAGS } from './classic-flags.ts';

/** Flags of pilot; classic names where the classic flag exists. */
export const CONFIG = defineConfig({
  description: 'Pilot turns configuration and services into what the Envoys of the mesh understand.',
  classic: CLASSIC_FLAGS,
  options: {
    secureGrpcAddr: {
      type: 'string',
      flag: 'secureGrpcAddr',
      default: ':15011',
      description: 'address of xDS with client certificates; empty switches it off',
    },
    grpcAddr: {
      type: 'string',
      flag: 'grpcAddr',
      default: '',
      description: 'address of xDS in plaintext, without identities: loopback only; empty switches it off',
    },
    httpAddr: {
      type: 'string',
      flag: 'httpAddr',
      default: ':8080',
      description: 'address of the debug pages; empty switches it off',
    },
    mcpAddress: {
      type: 'string',
      flag: 'mcp-address',
      env: 'PILOT_MCP_ADDRESS',
      default: 'istio-galley.istio-system:9901',
      description: 'address of galley, which hands out configuration and services',
    },
    mcpIdentity: {
      type: 'list',
      flag: 'mcp-identity',
      default: ['spiffe://cluster.local/ns/istio-system/sa/istio-galley-service-account'],
      description: 'SPIFFE ids that galley may have',
    },
    mcpInsecure: {
      type: 'bool',
      flag: 'mcp-insecure',
      description: 'plaintext to galley, without identities: loopback only',
    },
    mcpMaxMessageSize: {
      type: 'size',
      flag: 'mcpMaxMsgSize',
      default: '64MiB',
      description: 'largest message that is received from galley',
    },
    snapshotPatience: {
      type: 'duration',
      flag: 'snapshot-patience',
      default: '2s',
      description:
        'how long galley may be out of reach at the start before its last configuration is taken from the bus; 0s never takes it',
    },
    domain: {
      type: 'string',
      flag: 'domain',
      default: 'cluster.local',
      description: 'DNS domain of the services of the mesh',
    },
    trustDomain: {
      type: 'string',
      flag: 'trust-domain',
      default: 'cluster.local',
      description:
        'trust domain of the proxies that may connect; of the mesh too, where its config names none',
    },
    debounceAfter: {
      type: 'duration',
      flag: 'debounce-after',
      env: 'PILOT_DEBOUNCE_AFTER',
      default: '100ms',
      description: 'how long configuration must not change before it is handed out',
    },
    debounceMax: {
      type: 'duration',
      flag: 'debounce-max',
      env: 'PILOT_DEBOUNCE_MAX',
      default: '10s',
      description: 'when configuration is handed out at the latest, while it goes on changing',
    },
    traceSampling: {
      type: 'int',
      flag: 'trace-sampling',
      env: 'PILOT_TRACE_SAMPLING',
      default: 100,
      min: 0,
      max: 100,
      description: 'percentage of requests traced, where the mesh config does not say',
    },
    maxStreams: {
      type: 'int',
      flag: 'max-streams',
      env: 'ISTIO_GPRC_MAXSTREAMS',
      default: 100_000,
      min: 1,
      description: 'streams of one connection',
    },
    sendTimeout: {
      type: 'duration',
      flag: 'send-timeout',
      default: '5s',
      description: 'how long a proxy may take nothing of what is sent before its stream is ended',
    },
    ackTimeout: {
      type: 'duration',
      flag: 'ack-timeout',
      default: '5s',
      description: 'how long routes wait for the proxy to have their clusters ready',
    },
    ...IDENTITY_OPTIONS,
    ...BUS_OPTIONS,
  },
});
