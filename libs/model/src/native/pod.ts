import type { JsonObject } from '@bufbuild/protobuf';
import type { Labels } from '../labels.ts';
import type { JsonReader } from './json-reader.ts';
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

/** Reads a Pod; `meta` becomes part of it. */
export function readPod(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativePod {
  const { nodeName, ...template } = reader.within(object, 'spec', (spec) => {
    return { ...readTemplateSpec(spec, reader), nodeName: reader.text(spec, 'nodeName') };
  }) ?? { ...readTemplateSpec({}, reader), nodeName: '' };
  const status = reader.within(object, 'status', (from) => readStatus(from, reader));
  return {
    ...meta,
    kind: 'Pod',
    spec: { ...template, nodeName, ...(status ?? { ips: [], phase: '', ready: false }) },
  };
}

function readStatus(status: JsonObject, reader: JsonReader): Pick<PodSpec, 'ips' | 'phase' | 'ready'> {
  const podIPs = reader.list(status, 'podIPs', (each) => reader.text(each, 'ip'));
  const conditions = reader.list(status, 'conditions', (condition) => {
    return reader.text(condition, 'type') === 'Ready' && reader.text(condition, 'status') === 'True';
  });
  const ips = podIPs.length > 0 ? podIPs : [reader.text(status, 'podIP')];
  return {
    ips: ips.filter((ip) => ip !== ''),
    phase: reader.text(status, 'phase'),
    ready: conditions.includes(true),
  };
}

function readTemplateSpec(spec: JsonObject, reader: JsonReader): PodTemplateSpec {
  const container = (from: JsonObject): Container => readContainer(from, reader);
  return {
    serviceAccountName:
      reader.text(spec, 'serviceAccountName') || reader.text(spec, 'serviceAccount') || 'default',
    hostNetwork: reader.flag(spec, 'hostNetwork') ?? false,
    containers: reader.list(spec, 'containers', container),
    initContainers: reader.list(spec, 'initContainers', container),
  };
}

function readContainer(from: JsonObject, reader: JsonReader): Container {
  return {
    name: reader.text(from, 'name'),
    image: reader.text(from, 'image'),
    ports: reader.list(from, 'ports', (port) => {
      return {
        name: reader.text(port, 'name'),
        port: reader.integer(port, 'containerPort', 65_535),
        transport: reader.text(port, 'protocol') || 'TCP',
      };
    }),
    restartPolicy: reader.text(from, 'restartPolicy'),
  };
}

/** Reads a Deployment; `meta` becomes part of it. The old versions select by the template's labels if not told. */
export function readDeployment(meta: NativeMeta, object: JsonObject, reader: JsonReader): NativeDeployment {
  const spec = reader.within(object, 'spec', (from) => readDeploymentSpec(from, reader));
  return { ...meta, kind: 'Deployment', spec: spec ?? readDeploymentSpec({}, reader) };
}

function readDeploymentSpec(from: JsonObject, reader: JsonReader): DeploymentSpec {
  const template = reader.within(from, 'template', (each) => readTemplate(each, reader));
  const read = template ?? readTemplate({}, reader);
  const selector = reader.within(from, 'selector', (each) => reader.labels(each, 'matchLabels'));
  return { selector: selector ?? read.labels, template: read };
}

function readTemplate(template: JsonObject, reader: JsonReader): DeploymentSpec['template'] {
  const meta = reader.within(template, 'metadata', (from) => {
    return { labels: reader.labels(from, 'labels'), annotations: reader.labels(from, 'annotations') };
  });
  const spec = reader.within(template, 'spec', (from) => readTemplateSpec(from, reader));
  return { ...(meta ?? { labels: {}, annotations: {} }), spec: spec ?? readTemplateSpec({}, reader) };
}
