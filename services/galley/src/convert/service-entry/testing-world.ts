import type { NativeChange, NativeObject } from '@quintet/model';
import { native, pod, service, slice } from '../testing-native.ts';
import type { SynthesisSettings } from './settings.ts';

/** Settings of a mesh of one cluster. */
export const SETTINGS: SynthesisSettings = {
  domain: 'cluster.local',
  trustDomain: 'cluster.local',
  clusterId: 'Kubernetes',
  rootNamespace: 'istio-system',
};

/** The changes by which a source comes to have objects. */
export const put = (source: string, ...objects: NativeObject[]): NativeChange[] =>
  objects.map((after) => ({ source, after }));

const OWNER = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'reviews-v1-5d4f',
  uid: 'u',
  controller: true,
};
/** A service with one pod `reviews-v1` on one node, at `10.2.0.1`. */
export const REVIEWS = service('shop/reviews');
export const POD_METADATA = {
  labels: {
    app: 'reviews',
    version: 'v1',
    'pod-template-hash': '5d4f',
    'security.istio.io/tlsMode': 'istio',
  },
  ownerReferences: [OWNER],
};
export const POD = pod('shop/reviews-v1-5d4f-x2x', '10.2.0.1', POD_METADATA);
export const SLICE = slice('shop/reviews-a', 'reviews', [
  { ip: '10.2.0.1', pod: 'reviews-v1-5d4f-x2x', node: 'node-1' },
]);
export const NODE = native('Node', 'node-1', {
  metadata: {
    labels: {
      'topology.kubernetes.io/region': 'eu',
      'failure-domain.beta.kubernetes.io/region': 'old',
      'failure-domain.beta.kubernetes.io/zone': 'eu-1',
      'topology.istio.io/subzone': 'rack-3',
    },
  },
});
