import { ENDPOINT_LABELS, labelsMatch, spiffeId } from '@quintet/model';
import { SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from './control-plane.ts';
import type { ServiceSpec } from './mesh-spec.ts';
import type { PlacedMesh, PlacedWorkload } from './placed-mesh.ts';
import { portProtocol } from './port-protocol.ts';

/** A configuration object as users write it, ready to be printed as YAML. */
export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: unknown;
};

/** Service entries for the services of a mesh and for the mixer, by which Envoys and mixer know who is where. */
export function generateServices(mesh: PlacedMesh): Manifest[] {
  return [
    ...mesh.spec.services.map((service) => serviceEntry(mesh, service)),
    mixerEntry(mesh, 'istio-policy'),
    mixerEntry(mesh, 'istio-telemetry'),
  ];
}

function serviceEntry(mesh: PlacedMesh, service: ServiceSpec): Manifest {
  const { domain } = mesh.spec;
  const { name, namespace, selector, ports } = service;
  const workloads = mesh.workloads.filter(
    ({ spec }) => spec.namespace === namespace && labelsMatch(selector, spec.labels),
  );
  const identities = workloads.map(({ spec }) => identity(mesh, namespace, spec.serviceAccount));
  return manifest(name, namespace, {
    hosts: [`${name}.${namespace}.svc.${domain}`],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: ports.map((port) => ({
      number: port.number,
      name: port.name,
      protocol: portProtocol(port).toUpperCase(),
    })),
    endpoints: workloads.map(endpoint),
    subjectAltNames: [...new Set(identities)].sort(),
  });
}

function endpoint({ spec, address }: PlacedWorkload) {
  return {
    address,
    labels: {
      ...spec.labels,
      [ENDPOINT_LABELS.workloadName]: spec.name,
      [ENDPOINT_LABELS.serviceAccount]: spec.serviceAccount,
    },
  };
}

/** Mixer under one of its two classic names. */
function mixerEntry(mesh: PlacedMesh, name: string): Manifest {
  const serviceAccount = SERVICE_ACCOUNTS.mixer;
  return manifest(name, SYSTEM_NAMESPACE, {
    hosts: [`${name}.${SYSTEM_NAMESPACE}.svc.${mesh.spec.domain}`],
    location: 'MESH_INTERNAL',
    resolution: 'STATIC',
    ports: [{ number: 9091, name: 'grpc-mixer', protocol: 'GRPC' }],
    endpoints: [
      {
        address: mesh.addresses.mixer,
        labels: {
          istio: 'mixer',
          [ENDPOINT_LABELS.workloadName]: name,
          [ENDPOINT_LABELS.serviceAccount]: serviceAccount,
        },
      },
    ],
    subjectAltNames: [identity(mesh, SYSTEM_NAMESPACE, serviceAccount)],
  });
}

function identity(mesh: PlacedMesh, namespace: string, serviceAccount: string): string {
  return spiffeId({ trustDomain: mesh.spec.trustDomain, namespace, serviceAccount });
}

function manifest(name: string, namespace: string, spec: unknown): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'ServiceEntry',
    metadata: { name, namespace },
    spec,
  };
}
