import {
  type Container,
  type NativeObject,
  type Origin,
  type ParsedObject,
  resourceKey,
} from '@quintet/model';
import type { MeshSpec, ServiceSpec, WorkloadSpec } from '../mesh/mesh-spec.ts';

/** What a mesh gives its Envoys beside what `mesh.yaml` lists: mixer's two names. */
const CONTROL_PLANE = ['istio-policy', 'istio-telemetry'] as const;
const SYSTEM_NAMESPACE = 'istio-system';

/**
 * The services and workloads of a `mesh.yaml` as Services and Pods, so that configuration is analysed against what
 * the mesh will run.
 */
export function meshObjects(mesh: MeshSpec, file: string): readonly ParsedObject[] {
  const origin = { file, line: 1 };
  const mixer = CONTROL_PLANE.map((name): ServiceSpec => {
    const ports = [{ name: 'grpc-mixer', number: 9091 }];
    return { name, namespace: SYSTEM_NAMESPACE, selector: { istio: 'mixer' }, ports };
  });
  return [
    ...[...mesh.services, ...mixer].map((service) => serviceOf(service, origin)),
    ...mesh.workloads.map((workload) => podOf(workload, origin)),
  ].map((native) => {
    const { kind, namespace, name } = native;
    return { resource: { kind, namespace, name }, origin, native, issues: [], lineOf: () => origin.line };
  });
}

function serviceOf({ name, namespace, selector, ports }: ServiceSpec, origin: Origin): NativeObject {
  return {
    ...metaOf('Service', { name, namespace }, origin),
    kind: 'Service',
    spec: {
      type: 'ClusterIP',
      clusterIPs: [],
      headless: false,
      externalName: '',
      externalIPs: [],
      loadBalancerAddresses: [],
      ports: ports.map((port) => {
        return { name: port.name, port: port.number, transport: 'TCP', appProtocol: '', nodePort: 0 };
      }),
      selector,
      publishNotReadyAddresses: false,
      sessionAffinity: 'None',
    },
  };
}

function podOf(
  { name, namespace, serviceAccount, labels, ports }: WorkloadSpec,
  origin: Origin,
): NativeObject {
  const proxy: Container = {
    name: 'istio-proxy',
    image: '',
    restartPolicy: '',
    ports: ports.map((port) => ({ name: port.name, port: port.number, transport: 'TCP' })),
  };
  return {
    ...metaOf('Pod', { name, namespace }, origin),
    kind: 'Pod',
    labels,
    spec: {
      serviceAccountName: serviceAccount,
      hostNetwork: false,
      containers: [proxy],
      initContainers: [],
      nodeName: '',
      ips: [],
      phase: '',
      ready: true,
    },
  };
}

function metaOf(kind: string, object: { readonly name: string; readonly namespace: string }, origin: Origin) {
  return {
    ...object,
    apiVersion: 'v1',
    uid: '',
    version: resourceKey({ kind, ...object }),
    createTime: 0,
    labels: {},
    annotations: {},
    ownerReferences: [],
    deleting: false,
    origin,
  };
}
