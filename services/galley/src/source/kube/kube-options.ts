import type { Options } from '@quintet/runtime';

/** Flags of the Kubernetes source; classic names where the classic flag exists. */
export const KUBE_OPTIONS = {
  kubeconfig: {
    type: 'string',
    flag: 'kubeconfig',
    description: 'kubeconfig file of the cluster to read; without it, in a pod, its service account',
  },
  resyncPeriod: {
    type: 'duration',
    flag: 'resyncPeriod',
    default: '10m',
    description:
      'how often what was followed is compared with a fresh list of the API server, in case an event was lost; 0s for never',
  },
  enableServiceDiscovery: {
    type: 'bool',
    flag: 'enableServiceDiscovery',
    description: 'read Services, their endpoints, Pods and Nodes, and hand them out as service entries',
  },
  excludedResourceKinds: {
    type: 'list',
    flag: 'excludedResourceKinds',
    description: 'kinds that are not read from Kubernetes, e.g. those that the service account may not read',
  },
  remoteClusterWait: {
    type: 'duration',
    flag: 'remote-cluster-wait',
    default: '30s',
    description:
      'how long a start waits for remote clusters at most; later ones are taken over when they answer',
  },
  kubernetesServiceHost: {
    type: 'string',
    flag: 'kubernetes-service-host',
    env: 'KUBERNETES_SERVICE_HOST',
    description: 'address of the API server as Kubernetes tells every pod',
  },
  kubernetesServicePort: {
    type: 'string',
    flag: 'kubernetes-service-port',
    env: 'KUBERNETES_SERVICE_PORT',
    description: 'port of the API server as Kubernetes tells every pod',
  },
} as const satisfies Options;
