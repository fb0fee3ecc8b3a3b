import type { JsonObject } from '@bufbuild/protobuf';
import type { JsonReader } from './json-reader.ts';
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

/** Reads an Ingress of any version; `meta` becomes part of it. */
export function readIngress(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeIngress {
  const spec = reader.within(object, 'spec', (from): IngressSpec => {
    const ingressClassName = reader.text(from, 'ingressClassName');
    const backend = (key: string): IngressBackend | undefined =>
      reader.within(from, key, (each) => readBackend(each, reader));
    const defaultBackend = backend('defaultBackend') ?? backend('backend');
    return {
      ...(ingressClassName !== '' && { ingressClassName }),
      ...(defaultBackend && { defaultBackend }),
      tls: reader.list(from, 'tls', (tls) => {
        return { hosts: reader.texts(tls, 'hosts'), secretName: reader.text(tls, 'secretName') };
      }),
      rules: reader.list(from, 'rules', (rule) => readRule(rule, reader)),
    };
  });
  return { ...meta, kind: 'Ingress', spec: spec ?? { tls: [], rules: [] } };
}

function readRule(rule: JsonObject, reader: JsonReader): IngressRule {
  const paths = reader.within(rule, 'http', (http) =>
    reader.list(http, 'paths', (path): IngressPath => {
      return {
        path: reader.text(path, 'path'),
        pathType: reader.text(path, 'pathType') || 'ImplementationSpecific',
        backend: reader.within(path, 'backend', (each) => readBackend(each, reader)) ?? NO_BACKEND,
      };
    }),
  );
  return { host: reader.text(rule, 'host'), paths: paths ?? [] };
}

const NO_BACKEND: IngressBackend = { serviceName: '', servicePort: 0 };

/** `service: {name, port: {number | name}}`, formerly `serviceName` and `servicePort`. */
function readBackend(backend: JsonObject, reader: JsonReader): IngressBackend {
  const service = reader.within(backend, 'service', (from): IngressBackend => {
    const servicePort = reader.within(from, 'port', (port) => {
      return reader.integer(port, 'number', 65_535) || reader.text(port, 'name');
    });
    return { serviceName: reader.text(from, 'name'), servicePort: servicePort ?? 0 };
  });
  if (service !== undefined) return service;
  return {
    serviceName: reader.text(backend, 'serviceName'),
    servicePort: reader.portOrName(backend, 'servicePort') ?? 0,
  };
}

/** Reads an IngressClass; `meta` becomes part of it. */
export function readIngressClass(
  meta: NativeMeta,
  object: JsonObject,
  reader: JsonReader,
): NativeIngressClass {
  const controller = reader.within(object, 'spec', (spec) => reader.text(spec, 'controller'));
  return { ...meta, kind: 'IngressClass', spec: { controller: controller ?? '' } };
}
