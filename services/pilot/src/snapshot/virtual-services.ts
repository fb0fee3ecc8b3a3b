import { type ConfigObject, gatewayRef, MESH_GATEWAY, resolveHost } from '@quintet/model';
import type { VirtualService } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { type Subject, subjectOf } from './issue-about.ts';
import { type Keyed, reuse, reuseEach } from './reuse.ts';
import { effectiveExportTo, visibleIn } from './visibility.ts';

/** A virtual service with its names resolved from the place where it stands. */
export type VirtualServiceConfig = Keyed & {
  readonly subject: Subject;
  readonly source: string;
  readonly name: string;
  readonly namespace: string;
  /** Fully qualified, lower case. */
  readonly hosts: readonly string[];
  /** `mesh` or `<namespace>/<name>`. */
  readonly gateways: readonly string[];
  readonly exportTo: readonly string[];
  readonly spec: VirtualService;
};

/** All virtual services, oldest first: the first one wins a host. */
export type VirtualServiceIndex = Keyed & { readonly all: readonly VirtualServiceConfig[] };

/** Builds the index. `exportTo` is the mesh's default visibility, `domain` its DNS domain. */
export function buildVirtualServices(options: {
  readonly objects: readonly ConfigObject<VirtualService>[];
  readonly exportTo: readonly string[];
  readonly domain: string;
  readonly previous?: VirtualServiceIndex;
}): VirtualServiceIndex {
  const suffix = `#${options.domain}#${options.exportTo.join(',')}`;
  const all = reuseEach(options.previous?.all, options.objects, {
    key: (object) => objectKey(object) + suffix,
    build: (object, key) => ({
      key,
      subject: subjectOf(object),
      source: sourceOf(object),
      name: object.name,
      namespace: object.namespace,
      hosts: object.spec.hosts.map((host) => resolveHost(host, object.namespace, options.domain)),
      gateways: resolveGateways(object.spec.gateways, object.namespace),
      exportTo: effectiveExportTo(object.spec.exportTo, options.exportTo),
      spec: object.spec,
    }),
  });
  return reuse(options.previous, contentKey(all.map(({ key }) => key)), (key) => ({ key, all }));
}

/** Gateways by `<namespace>/<name>`; none written means the sidecars. */
export function resolveGateways(written: readonly string[], namespace: string): readonly string[] {
  return written.length === 0 ? [MESH_GATEWAY] : written.map((reference) => gatewayRef(reference, namespace));
}

/** Virtual services bound to one of `gateways` that proxies of `namespace` may see, oldest first. */
export function virtualServicesFor(
  index: VirtualServiceIndex,
  gateways: ReadonlySet<string>,
  namespace: string,
): readonly VirtualServiceConfig[] {
  return index.all.filter(
    (config) => config.gateways.some((gateway) => gateways.has(gateway)) && visibleIn(config, namespace),
  );
}
