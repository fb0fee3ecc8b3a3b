export type { ClusterAccess, Credentials } from './access/cluster-access.ts';
export { type InClusterOptions, inClusterAccess } from './access/in-cluster.ts';
export { type KubeconfigOptions, kubeconfigAccess, remoteKubeconfigAccess } from './access/kubeconfig.ts';
export {
  createKubeClient,
  type KubeClient,
  type KubeClientOptions,
  type ListOptions,
  type ListPage,
  type ObjectName,
  type PatchOptions,
  type Selection,
  type WatchOptions,
  type WriteOptions,
} from './client/client.ts';
export { createDiscovery, type Discovery, type VersionedType } from './client/discovery.ts';
export { type KubeObject, objectKey, readObject } from './client/kube-object.ts';
export { apiVersionOf, type ObjectPath, pathOf, type ResourceType } from './client/resource-type.ts';
export type { WatchEvent } from './client/watch-events.ts';
export {
  createLeaderElection,
  type LeaderElection,
  type LeaderElectionOptions,
} from './election/leader-election.ts';
export { isConflict, isGone, isNotFound, KubeError } from './kube-error.ts';
export { createReflector, type Reflector } from './reflector/reflector.ts';
export {
  REFLECTOR_TIMES,
  type ReflectorChange,
  type ReflectorObserver,
  type ReflectorOptions,
  type ReflectorState,
  type ReflectorTimes,
  type RelistReason,
} from './reflector/reflector-options.ts';
export { type AccessQuestion, reviewAccess } from './review/access-review.ts';
export {
  type AdmissionRequest,
  type AdmissionReview,
  admissionAnswer,
  REVIEW_VERSIONS,
  type ReviewVersion,
  readAdmissionReview,
} from './review/admission-review.ts';
export { type KubeUser, reviewToken, type TokenReviewResult } from './review/token-review.ts';
