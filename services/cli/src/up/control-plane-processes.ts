import { join } from 'node:path';
import { spiffeId } from '@quintet/model';
import { serviceCommand } from '../checkout.ts';
import { ISSUER } from '../issuer/local-issuer.ts';
import { TOKEN_FILE } from '../issuer/token-files.ts';
import {
  type ControlPlaneService,
  controlPlaneOf,
  SERVICE_ACCOUNTS,
  SYSTEM_NAMESPACE,
} from '../mesh/control-plane.ts';
import type { MeshPaths } from '../mesh/mesh-paths.ts';
import type { PlacedMesh } from '../mesh/placed-mesh.ts';
import type { ProcessSpec } from '../supervise/supervised-process.ts';
import { NATS_PORT } from './nats-files.ts';
import { PILOT_PORT } from './workload-processes.ts';

export const ADMIN_PORT = 15_014;

/** Exit code of our services for flags they do not understand. */
const WRONG_FLAGS = 2;

/** The file of a configuration folder that has the settings of the whole mesh. */
const MESH_CONFIG_FILE = 'meshconfig.yaml';

export type ControlPlaneContext = {
  readonly mesh: PlacedMesh;
  readonly paths: MeshPaths;
  readonly configFolder: string;
  readonly nodePath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** The processes of our services, with all their flags. */
export function controlPlaneProcesses(context: ControlPlaneContext): ProcessSpec[] {
  const { mesh, paths } = context;
  return controlPlaneOf(mesh.spec).map((service) => {
    const flags = [
      ...commonFlags(context, service),
      ...OWN_FLAGS[service](context),
      ...(mesh.spec.flags[service] ?? []),
    ];
    return {
      name: service,
      command: serviceCommand(context.nodePath, service, flags),
      env: context.env,
      cwd: paths.folder,
      log: paths.log(service),
      hopelessExitCode: WRONG_FLAGS,
    };
  });
}

function commonFlags({ mesh, paths }: ControlPlaneContext, service: ControlPlaneService): string[] {
  const { addresses } = mesh;
  const bus = [`--nats-address=${addresses.nats}:${NATS_PORT}`, `--nats-seed-file=${paths.busSeed(service)}`];
  const common = [
    `--admin-address=${addresses[service]}:${ADMIN_PORT}`,
    `--debug-token-file=${paths.debugToken}`,
    ...bus,
  ];
  if (service === 'citadel') return common;
  return [
    ...common,
    `--token-file=${join(paths.serviceToken(service), TOKEN_FILE)}`,
    `--root-cert-file=${paths.rootCert}`,
    `--citadel-address=${addresses.citadel}:8060`,
    `--citadel-identity=${identity(mesh, 'citadel')}`,
  ];
}

function identity({ spec: { trustDomain } }: PlacedMesh, service: ControlPlaneService): string {
  return spiffeId({ trustDomain, namespace: SYSTEM_NAMESPACE, serviceAccount: SERVICE_ACCOUNTS[service] });
}

/** What each service is told besides. Flag names are classic where the classic flag exists. */
const OWN_FLAGS: Readonly<Record<ControlPlaneService, (context: ControlPlaneContext) => string[]>> = {
  citadel: ({ mesh, paths }) => [
    '--self-signed-ca',
    `--ca-dir=${paths.ca}`,
    `--root-output=${paths.rootCert}`,
    `--trust-domain=${mesh.spec.trustDomain}`,
    `--grpc-address=${mesh.addresses.citadel}`,
    `--jwt-issuer=${ISSUER}`,
    `--jwks-file=${paths.jwks}`,
  ],
  galley: ({ mesh, paths, configFolder }) => [
    `--configPath=${configFolder}`,
    `--configPath=${paths.generated}`,
    '--config-ignore=mesh.yaml',
    `--meshConfigFile=${join(configFolder, MESH_CONFIG_FILE)}`,
    `--server-address=${mesh.addresses.galley}:9901`,
    `--state-dir=${paths.galley}`,
    `--allowed-identity=${identity(mesh, 'pilot')}`,
    `--allowed-identity=${identity(mesh, 'mixer')}`,
  ],
  pilot: ({ mesh }) => [
    `--secureGrpcAddr=${mesh.addresses.pilot}:${PILOT_PORT}`,
    '--grpcAddr=',
    `--httpAddr=${mesh.addresses.pilot}:8080`,
    `--mcp-address=${mesh.addresses.galley}:9901`,
    `--mcp-identity=${identity(mesh, 'galley')}`,
    `--domain=${mesh.spec.domain}`,
    `--trust-domain=${mesh.spec.trustDomain}`,
  ],
  mixer: ({ mesh }) => [
    `--address=${mesh.addresses.mixer}:9091`,
    `--metrics-address=${mesh.addresses.mixer}:42422`,
    `--configStoreURL=mcps://${mesh.addresses.galley}:9901`,
    `--galley-identity=${identity(mesh, 'galley')}`,
    `--allowed-identity=spiffe://${mesh.spec.trustDomain}/ns/*/sa/*`,
  ],
  nodeagent: ({ mesh, paths }) => [
    `--sds-socket=${paths.agentSocket}`,
    `--trust-domain=${mesh.spec.trustDomain}`,
  ],
  injector: ({ mesh, configFolder }) => [
    `--address=${mesh.addresses.injector}:9443`,
    `--meshConfig=${join(configFolder, MESH_CONFIG_FILE)}`,
  ],
};
