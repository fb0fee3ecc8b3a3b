import {
  ENDPOINT_LABELS,
  isLabelValue,
  type Labels,
  type NativePod,
  spiffeId,
  workloadNameOf,
} from '@quintet/model';
import { podLocality } from './locality.ts';
import { NETWORK_LABEL } from './network.ts';

/** Annotation of a pod whose identity is not made of its service account. */
const IDENTITY_ANNOTATION = 'alpha.istio.io/identity';

/** What a pod says about the endpoints that it is. Shared by all of them, and equal as long as none of it changes. */
export type PodFacts = {
  /** Labels of the pod, and those of {@link ENDPOINT_LABELS} whose values are such as labels may have. */
  readonly labels: Labels;
  /** The service account, or the whole SPIFFE id, where a label cannot have it; else empty. */
  readonly serviceAccount: string;
  /** SPIFFE id. */
  readonly identity: string;
  readonly nodeName: string;
  /** Empty when the pod leaves it to its node. */
  readonly locality: string;
  /** Empty when the pod leaves it to the networks of the mesh. */
  readonly network: string;
};

/** Reads a pod's facts; `cluster` is put into the labels. */
export function podFacts(pod: NativePod, options: { trustDomain: string; cluster: string }): PodFacts {
  const { trustDomain, cluster } = options;
  const { namespace, labels, annotations, spec } = pod;
  const own = annotations[IDENTITY_ANNOTATION] ?? '';
  const identity =
    own === ''
      ? spiffeId({ trustDomain, namespace, serviceAccount: spec.serviceAccountName })
      : `spiffe://${trustDomain}/${own}`;
  const account = own === '' ? spec.serviceAccountName : identity;
  return {
    labels: Object.freeze({
      ...labels,
      [CLUSTER_LABEL]: cluster,
      ...ownLabels({
        [ENDPOINT_LABELS.workloadName]: workloadNameOf(pod),
        [ENDPOINT_LABELS.instanceName]: pod.name,
        [ENDPOINT_LABELS.serviceAccount]: account,
      }),
    }),
    serviceAccount: isLabelValue(account) ? '' : account,
    identity,
    nodeName: spec.nodeName,
    locality: podLocality(labels),
    network: labels[NETWORK_LABEL] ?? '',
  };
}

/** A classic pilot drops the whole service of an endpoint with a label that is none. */
function ownLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => isLabelValue(value)));
}

/** Label of an endpoint with the id of the cluster that it runs in. */
export const CLUSTER_LABEL = 'topology.istio.io/cluster';

/** Whether two pods say the same about their endpoints. */
export function samePodFacts(a: PodFacts, b: PodFacts): boolean {
  if (a.identity !== b.identity || a.nodeName !== b.nodeName) return false;
  if (a.locality !== b.locality || a.network !== b.network) return false;
  const names = Object.keys(a.labels);
  return (
    names.length === Object.keys(b.labels).length && names.every((name) => a.labels[name] === b.labels[name])
  );
}
