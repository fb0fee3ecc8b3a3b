import type { NativeMeta } from './meta.ts';

/** An Ingress, in the words of networking.k8s.io/v1 whatever version it was written in. */
export type NativeIngress = NativeMeta & { readonly kind: 'Ingress'; readonly spec: IngressSpec };

export type IngressSpec = {
  /** Absent when the field is not given; the annotation `kubernetes.io/ingress.class` is in `annotations`. */
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls: readonly IngressTls[];
  readonly rules: readonly IngressRule[];
};

export type IngressTls = {
  readonly hosts: readonly string[];
  /** Empty when not given. */
  readonly secretName: string;
};

export type IngressRule = {
  /** Empty for every host. */
  readonly host: string;
  readonly paths: readonly IngressPath[];
};

export type IngressPath = {
  /** Empty for every path. */
  readonly path: string;
  /** `Exact`, `Prefix` or `ImplementationSpecific`, which is also what the old versions mean. */
  readonly pathType: string;
  readonly backend: IngressBackend;
};

/** The port of a Service; the name is empty when the backend is a resource of another kind, or missing. */
export type IngressBackend = {
  readonly serviceName: string;
  /** A number or the name of a port of the Service. */
  readonly servicePort: number | string;
};

/** Which controller takes the Ingresses of a class. */
export type NativeIngressClass = NativeMeta & {
  readonly kind: 'IngressClass';
  readonly spec: { readonly controller: string };
};
