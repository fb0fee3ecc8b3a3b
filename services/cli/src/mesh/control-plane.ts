import type { MeshSpec } from './mesh-spec.ts';

/** Namespace of the control plane. */
export const SYSTEM_NAMESPACE = 'istio-system';

/** Our services that run in a mesh, in the order of a first start. */
export const CONTROL_PLANE = ['citadel', 'galley', 'pilot', 'mixer', 'nodeagent', 'injector'] as const;

export type ControlPlaneService = (typeof CONTROL_PLANE)[number];

/** Service accounts under their classic names. */
export const SERVICE_ACCOUNTS: Readonly<Record<ControlPlaneService, string>> = {
  citadel: 'istio-citadel-service-account',
  galley: 'istio-galley-service-account',
  pilot: 'istio-pilot-service-account',
  mixer: 'istio-mixer-service-account',
  nodeagent: 'istio-nodeagent-service-account',
  injector: 'istio-sidecar-injector-service-account',
};

/** The services of the control plane that a mesh runs. */
export function controlPlaneOf(spec: Pick<MeshSpec, 'without'>): ControlPlaneService[] {
  return CONTROL_PLANE.filter((service) => !spec.without.some((one) => one === service));
}
