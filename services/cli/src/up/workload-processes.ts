import { join } from 'node:path';
import { spiffeId } from '@quintet/model';
import { type BootstrapOptions, bootstrap, type ProxyNode } from '@quintet/proxy';
import { SAMPLES_FOLDER } from '../checkout.ts';
import { TOKEN_SDS_FILE } from '../issuer/token-files.ts';
import { SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../mesh/control-plane.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import { type PlacedMesh, type PlacedWorkload, WORKLOAD_LABEL } from '../mesh/placed-mesh.ts';
import { fillPlaceholders } from '../mesh/placeholders.ts';
import type { ProcessSpec } from '../supervise/supervised-process.ts';

/** Ports of every Envoy, on its own address. */
export const STATS_PORT = 15_090;
export const HEALTH_PORT = 15_021;
/** Pilot's port for proxies with an identity. */
export const PILOT_PORT = 15_011;

const MAX_CONNECTIONS = 50_000;

/** The start configuration of a workload's Envoy. */
export function workloadBootstrap(mesh: PlacedMesh, workload: PlacedWorkload, paths: MeshPaths) {
  const token = paths.workloadToken(workload.id);
  const options: BootstrapOptions = {
    node: proxyNode(mesh, workload),
    serviceCluster: `${workload.spec.labels.app ?? workload.spec.name}.${workload.spec.namespace}`,
    admin: { kind: 'unix', path: paths.proxy(workload.id).adminSocket },
    listenAddress: workload.address,
    statsPort: STATS_PORT,
    healthPort: HEALTH_PORT,
    sourceAddress: workload.address,
    discovery: {
      address: mesh.addresses.pilot,
      port: PILOT_PORT,
      protocol: 'delta',
      pilotIdentity: spiffeId({
        trustDomain: mesh.spec.trustDomain,
        namespace: SYSTEM_NAMESPACE,
        serviceAccount: SERVICE_ACCOUNTS.pilot,
      }),
    },
    secrets: { socket: paths.agentSocket, tokenFile: join(token, TOKEN_SDS_FILE), tokenFolder: token },
    maxConnections: MAX_CONNECTIONS,
    stats: { prefixes: [], suffixes: [], patterns: [] },
  };
  return bootstrap(options);
}

/** How a workload's Envoy describes itself. */
export function proxyNode(mesh: PlacedMesh, { spec, id, address }: PlacedWorkload): ProxyNode {
  return {
    type: spec.kind === 'gateway' ? 'router' : 'sidecar',
    addresses: [address],
    name: spec.name,
    namespace: spec.namespace,
    configNamespace: spec.namespace,
    domain: `${spec.namespace}.svc.${mesh.spec.domain}`,
    labels: { ...spec.labels, [WORKLOAD_LABEL]: id },
    serviceAccount: spec.serviceAccount,
    workloadName: spec.name,
    interceptionMode: 'NONE',
    meshId: mesh.name,
    clusterId: '',
    network: '',
    locality: '',
    version: '',
    metadata: {},
  };
}

/**
 * How every Envoy is run. Connections through a listener that has changed are asked to end with their next answer, and
 * ended after ten seconds: long enough for a slow answer. Routes, access rules and checks change no listener.
 */
const ENVOY_FLAGS = [
  ...['--disable-hot-restart', '--concurrency', '1', '--log-level', 'warning'],
  ...['--file-flush-interval-msec', '100', '--drain-time-s', '10', '--drain-strategy', 'immediate'],
];

/** The Envoy of a workload. */
export function envoyProcess(envoy: string, workload: PlacedWorkload, paths: MeshPaths): ProcessSpec {
  const { folder, bootstrap: file } = paths.proxy(workload.id);
  return {
    name: `${workload.id} (Envoy)`,
    command: [envoy, '-c', file, ...ENVOY_FLAGS],
    env: {},
    cwd: folder,
    log: paths.log(`${workload.id}-envoy`),
  };
}

export type ApplicationContext = {
  readonly paths: MeshPaths;
  readonly nodePath: string;
  readonly configFolder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The program of a workload. It learns by its environment where to listen and how to reach the others. */
export function applicationProcess(workload: PlacedWorkload, context: ApplicationContext): ProcessSpec {
  const { spec, id, outboundAddress, applicationPorts } = workload;
  const values = { node: context.nodePath, samples: SAMPLES_FOLDER, outbound: outboundAddress };
  const fill = (text: string): string => fillPlaceholders(text, values);
  const ports = applicationPorts.map(({ name, localPort }): [string, string] => [
    `PORT_${name.toUpperCase().replaceAll('-', '_')}`,
    String(localPort),
  ]);
  const own = Object.entries(spec.env).map(([key, value]): [string, string] => [key, fill(value)]);
  const [first] = applicationPorts;
  return {
    name: id,
    command: spec.command.map(fill),
    env: {
      ...context.env,
      HOST: '127.0.0.1',
      ...(first === undefined ? {} : { PORT: String(first.localPort) }),
      ...Object.fromEntries(ports),
      OUTBOUND_ADDRESS: outboundAddress,
      WORKLOAD_NAME: spec.name,
      WORKLOAD_NAMESPACE: spec.namespace,
      ...Object.fromEntries(own),
    },
    cwd: context.configFolder,
    log: context.paths.log(id),
  };
}
