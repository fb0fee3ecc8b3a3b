import { isIp } from '@quintet/model';
import { bootstrap } from '../bootstrap/bootstrap.ts';
import type { ProxiedProbe } from '../bootstrap/proxied-probe.ts';
import type { ProxyNode } from '../node/proxy-node.ts';
import { POLICY_ANNOTATIONS } from './annotations.ts';
import { STATS_PORT, TOKEN_FOLDER, TOKEN_SECRET_FILE } from './names.ts';
import type { Pod } from './pod.ts';
import type { InjectionSettings } from './settings.ts';
import type { Workload } from './workload.ts';

export type PodBootstrapInput = {
  readonly pod: Pod;
  readonly workload: Workload;
  readonly settings: InjectionSettings;
  readonly probes: readonly ProxiedProbe[];
};

/** Service account of pilot, whose namespace is the one of the address that the proxy is given. */
const PILOT_SERVICE_ACCOUNT = 'istio-pilot-service-account';
const MAX_CONNECTIONS = 50_000;
const ANY_ADDRESS = '0.0.0.0';

/** Environment variables of the proxy's container, filled in by the kubelet. */
export const RUNTIME_FIELDS = [
  ['POD_NAME', 'metadata.name'],
  ['POD_NAMESPACE', 'metadata.namespace'],
  ['INSTANCE_IP', 'status.podIP'],
  ['SERVICE_ACCOUNT', 'spec.serviceAccountName'],
] as const;

/** Brackets around the name of a variable, of characters that no pod can contain where they matter. */
const OPEN = '\u{E000}';
const CLOSE = '\u{E001}';

/** Stands in the bootstrap for what is known only when the pod runs. */
function later(variable: (typeof RUNTIME_FIELDS)[number][0]): string {
  return `${OPEN}${variable}${CLOSE}`;
}

/**
 * The bootstrap of a pod's proxy as an argument of its container. Envoy puts nothing into its bootstrap, but Kubernetes
 * replaces `$(NAME)` in arguments by environment variables, which the kubelet fills; a dollar sign that is meant is
 * written twice.
 */
export function podBootstrapArgument(input: PodBootstrapInput): string {
  const text = JSON.stringify(podBootstrap(input)).replaceAll('$', '$$$$');
  return text.replace(new RegExp(`${OPEN}([A-Z_]+)${CLOSE}`, 'g'), '$$($1)');
}

function podBootstrap({ pod, workload, settings, probes }: PodBootstrapInput) {
  const { pilot, adminPort, statusPort, agentSocket } = settings;
  const cluster = pod.labels.app ?? (workload.name || 'istio-proxy');
  return bootstrap({
    node: proxyNode(pod, workload, settings),
    serviceCluster: `${cluster}.${later('POD_NAMESPACE')}`,
    admin: { kind: 'tcp', address: '127.0.0.1', port: adminPort },
    listenAddress: ANY_ADDRESS,
    statsPort: STATS_PORT,
    healthPort: statusPort,
    probes,
    discovery: {
      address: pilot.address,
      port: pilot.port,
      protocol: 'delta',
      ...(pilot.mutualTls && { pilotIdentity: pilotIdentity(settings) }),
    },
    secrets: {
      socket: agentSocket,
      tokenFile: `${TOKEN_FOLDER}/${TOKEN_SECRET_FILE}`,
      tokenFolder: TOKEN_FOLDER,
    },
    maxConnections: MAX_CONNECTIONS,
    stats: settings.stats,
  });
}

function proxyNode(pod: Pod, workload: Workload, settings: InjectionSettings): ProxyNode {
  const namespace = later('POD_NAMESPACE');
  return {
    type: 'sidecar',
    addresses: [later('INSTANCE_IP')],
    name: later('POD_NAME'),
    namespace,
    configNamespace: namespace,
    domain: `${namespace}.svc.${settings.clusterDomain}`,
    labels: pod.labels,
    serviceAccount: later('SERVICE_ACCOUNT'),
    workloadName: workload.name || later('POD_NAME'),
    interceptionMode: settings.capture.mode,
    meshId: settings.meshId,
    clusterId: settings.clusterId,
    network: settings.network,
    locality: '',
    version: '',
    metadata: nodeMetadata(pod, workload, settings),
  };
}

/** What else the control plane wants to know, under its classic keys. */
function nodeMetadata(pod: Pod, workload: Workload, settings: InjectionSettings) {
  const policy = Object.entries(pod.annotations).filter(([name]) => Object.hasOwn(POLICY_ANNOTATIONS, name));
  const { includeInboundPorts } = settings.capture;
  return {
    ...settings.proxyMetadata,
    ...Object.fromEntries(policy.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(workload.owner !== '' && { OWNER: workload.owner }),
    ...(settings.capture.mode !== 'NONE' && {
      INCLUDE_INBOUND_PORTS: includeInboundPorts === 'all' ? '*' : includeInboundPorts.join(','),
    }),
    POD_PORTS: pod.containers.flatMap(({ ports }) =>
      ports.map(({ name, number, protocol }) => ({
        ...(name !== '' && { name }),
        containerPort: number,
        protocol,
      })),
    ),
  };
}

/** `istio-pilot.istio-system.svc:15011` is pilot in the namespace istio-system. */
function pilotIdentity({ pilot, trustDomain, systemNamespace }: InjectionSettings): string {
  const named = isIp(pilot.address) ? undefined : pilot.address.split('.')[1];
  const namespace = named ?? systemNamespace;
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${PILOT_SERVICE_ACCOUNT}`;
}
