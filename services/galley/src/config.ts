import { BUS_OPTIONS } from '@quintet/bus';
import { defineConfig, IDENTITY_OPTIONS } from '@quintet/runtime';
import { ANALYSIS_OPTIONS } from './analysis/options.ts';
import { CLASSIC_FLAGS } from './classic-flags.ts';
import { DISTRIBUTE_OPTIONS } from './distribute/options.ts';
import { PROBE_OPTIONS } from './probe-files.ts';
import { KUBE_OPTIONS } from './source/kube/kube-options.ts';
import { MCP_SOURCE_OPTIONS } from './source/mcp/options.ts';
import { STATUS_OPTIONS } from './status/options.ts';
import { WEBHOOK_OPTIONS } from './webhook/options.ts';

/** Flags of galley; classic names where the classic flag exists. */
export const CONFIG = defineConfig({
  description: 'Galley reads configuration, validates it and hands it out to pilot and mixer.',
  classic: CLASSIC_FLAGS,
  options: {
    configPath: {
      type: 'list',
      flag: 'configPath',
      description:
        'directory (with everything below it) or file of configuration; may be given several times',
    },
    configIgnore: {
      type: 'list',
      flag: 'config-ignore',
      default: ['mesh.yaml', 'meshconfig.yaml'],
      description:
        'names of files that hold no objects: the description of a local mesh, and its mesh configuration',
    },
    meshConfigFile: {
      type: 'string',
      flag: 'meshConfigFile',
      description: 'file with the mesh configuration; without it the defaults are handed out',
    },
    meshNetworksFile: {
      type: 'string',
      flag: 'meshNetworksFile',
      description: 'file with the networks of the mesh; without it there is one network',
    },
    domain: {
      type: 'string',
      flag: 'domain',
      default: 'cluster.local',
      description: 'suffix of the host names of Kubernetes services',
    },
    clusterId: {
      type: 'string',
      flag: 'cluster-id',
      default: 'Kubernetes',
      description: 'id of the own cluster, by which the networks of the mesh name it',
    },
    defaultNamespace: {
      type: 'string',
      flag: 'default-namespace',
      default: 'default',
      description: 'namespace of objects in files that name none',
    },
    stateDir: {
      type: 'string',
      flag: 'state-dir',
      description: 'directory (mode 0700) that keeps the last good objects over a restart',
    },
    serverAddress: {
      type: 'string',
      flag: 'server-address',
      default: 'tcp://0.0.0.0:9901',
      description: 'address on which configuration is handed out (MCP)',
    },
    serverMaxReceivedMessageSize: {
      type: 'size',
      flag: 'server-maxReceivedMessageSize',
      default: '1MiB',
      description: 'largest message that is received',
    },
    serverMaxConcurrentStreams: {
      type: 'int',
      flag: 'server-maxConcurrentStreams',
      default: 1024,
      min: 1,
      description: 'streams of one connection',
    },
    insecure: {
      type: 'bool',
      flag: 'insecure',
      description: 'plaintext without identities; only on a loopback address',
    },
    accessListFile: {
      type: 'string',
      flag: 'accessListFile',
      description:
        'YAML file with the identities that may read (`allowed: […]`, or all but these with `isBlackList: true`)',
    },
    allowedIdentity: {
      type: 'list',
      flag: 'allowed-identity',
      default: [
        'spiffe://cluster.local/ns/istio-system/sa/istio-pilot-service-account',
        'spiffe://cluster.local/ns/istio-system/sa/istio-mixer-service-account',
      ],
      description: 'SPIFFE ids that may read, when there is no access list file',
    },
    quietPeriod: {
      type: 'duration',
      flag: 'quiet-period',
      default: '50ms',
      description: 'how long a source must be quiet before its changes are taken over',
    },
    maxWait: {
      type: 'duration',
      flag: 'max-wait',
      default: '1s',
      description: 'when changes are taken over at the latest, while a source goes on changing',
    },
    maxFileSize: {
      type: 'size',
      flag: 'max-file-size',
      default: '16MiB',
      description: 'larger files are not read',
    },
    deploymentNamespace: {
      type: 'string',
      flag: 'deployment-namespace',
      default: 'istio-system',
      description: 'namespace that galley runs in: the Secrets of remote clusters are there',
    },
    ...KUBE_OPTIONS,
    ...MCP_SOURCE_OPTIONS,
    ...DISTRIBUTE_OPTIONS,
    ...WEBHOOK_OPTIONS,
    ...STATUS_OPTIONS,
    ...ANALYSIS_OPTIONS,
    ...PROBE_OPTIONS,
    ...IDENTITY_OPTIONS,
    ...BUS_OPTIONS,
  },
});
