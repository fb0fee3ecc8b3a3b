import type { MeshNetworks } from '@quintet/proto/istio/mesh/v1alpha1/network_pb.js';

/** What service entries depend on besides the objects of Kubernetes. */
export type SynthesisSettings = {
  /** Suffix of host names: `<service>.<namespace>.svc.<domain>`. */
  readonly domain: string;
  readonly trustDomain: string;
  /** Id of the cluster that sources without a cluster of their own belong to. */
  readonly clusterId: string;
  /** Namespace whose label `topology.istio.io/network` names the network of a cluster. */
  readonly rootNamespace: string;
  readonly networks?: MeshNetworks;
};

/** What is known of a source by its name. */
export type SourceFacts = {
  /** Cluster that its endpoints run in. */
  readonly cluster: string;
  /**
   * Whether an endpoint waits for the pod that it names. A cluster tells of both, in any order; who writes files may
   * leave the pods out.
   */
  readonly awaitsPods: boolean;
};

/** The sources `kube/<id>` are clusters of that id; `kube` and all others belong to the own cluster. */
export function sourceFacts(source: string, { clusterId }: SynthesisSettings): SourceFacts {
  const [kind, id] = source.split(/\/(.*)/s);
  return { cluster: kind === 'kube' && id ? id : clusterId, awaitsPods: kind === 'kube' };
}
