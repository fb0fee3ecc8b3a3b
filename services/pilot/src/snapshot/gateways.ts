import { type ConfigObject, type Labels, labelsMatch } from '@quintet/model';
import type { Gateway } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { type Subject, subjectOf } from './issue-about.ts';
import { type Keyed, reuse, reuseEach } from './reuse.ts';

/** A gateway object; `ref` is how virtual services name it, `<namespace>/<name>`. */
export type GatewayConfig = Keyed & {
  readonly subject: Subject;
  readonly source: string;
  readonly ref: string;
  readonly name: string;
  readonly namespace: string;
  readonly spec: Gateway;
};

/** All gateways, oldest first. */
export type GatewayIndex = Keyed & { readonly all: readonly GatewayConfig[] };

/** Builds the index from gateways, oldest first. */
export function buildGateways(
  objects: readonly ConfigObject<Gateway>[],
  previous: GatewayIndex | undefined,
): GatewayIndex {
  const all = reuseEach(previous?.all, objects, {
    key: objectKey,
    build: (object, key) => ({
      key,
      subject: subjectOf(object),
      source: sourceOf(object),
      ref: `${object.namespace}/${object.name}`,
      name: object.name,
      namespace: object.namespace,
      spec: object.spec,
    }),
  });
  return reuse(previous, contentKey(all.map(({ key }) => key)), (key) => ({ key, all }));
}

/** The gateways whose selector fits a router's labels; no selector fits every router. */
export function gatewaysFor(index: GatewayIndex, labels: Labels): readonly GatewayConfig[] {
  return index.all.filter((gateway) => labelsMatch(gateway.spec.selector, labels));
}
