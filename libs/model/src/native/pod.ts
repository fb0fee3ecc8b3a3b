import type { Labels } from '../labels.ts';
import type { NativeMeta } from './meta.ts';

/** A Pod. */
export type NativePod = NativeMeta & { readonly kind: 'Pod'; readonly spec: PodSpec };

export type PodSpec = PodTemplateSpec & {
  /** Empty while the pod is not scheduled. */
  readonly nodeName: string;
  /** All addresses of the pod; empty while it has none. */
  readonly ips: readonly string[];
  /** `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`; empty when not given. */
  readonly phase: string;
  /** The pod's condition `Ready`. */
  readonly ready: boolean;
};

/** What a pod and a template of pods both say. */
export type PodTemplateSpec = {
  /** `default` when not given, as Kubernetes has it. */
  readonly serviceAccountName: string;
  readonly hostNetwork: boolean;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly ContainerPort[];
  /** `Always` makes an init container a sidecar; empty when not given. */
  readonly restartPolicy: string;
};

export type ContainerPort = {
  /** Empty when not given. */
  readonly name: string;
  readonly port: number;
  readonly transport: string;
};

/** A Deployment. */
export type NativeDeployment = NativeMeta & { readonly kind: 'Deployment'; readonly spec: DeploymentSpec };

export type DeploymentSpec = {
  /** The `matchLabels` of the selector. */
  readonly selector: Labels;
  readonly template: {
    readonly labels: Labels;
    readonly annotations: Labels;
    readonly spec: PodTemplateSpec;
  };
};
