import { type ConfigObject, type Labels, labelsMatch } from '@quintet/model';
import type { AuthorizationPolicy } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import { contentKey, objectKey, sourceOf } from './content-key.ts';
import { type Subject, subjectOf } from './issue-about.ts';
import { type Keyed, reuse, reuseEach } from './reuse.ts';

export type AuthorizationConfig = Keyed & {
  readonly subject: Subject;
  readonly source: string;
  readonly name: string;
  readonly namespace: string;
  /** Empty selects every workload of the namespace, or of the mesh in the root namespace. */
  readonly selector: Labels;
  readonly spec: AuthorizationPolicy;
};

/** Policies, oldest first. */
export type AuthorizationIndex = Keyed & { readonly all: readonly AuthorizationConfig[] };

/** Builds the index from authorization policies, oldest first. */
export function buildAuthorization(
  objects: readonly ConfigObject<AuthorizationPolicy>[],
  previous: AuthorizationIndex | undefined,
): AuthorizationIndex {
  const all = reuseEach(previous?.all, objects, {
    key: objectKey,
    build: (object, key) => ({
      key,
      subject: subjectOf(object),
      source: sourceOf(object),
      name: object.name,
      namespace: object.namespace,
      selector: object.spec.selector?.matchLabels ?? {},
      spec: object.spec,
    }),
  });
  return reuse(previous, contentKey(all.map(({ key }) => key)), (key) => ({ key, all }));
}

/** The policies that hold for a workload: those of the root namespace and of its own that select its labels. */
export function authorizationFor(
  index: AuthorizationIndex,
  workload: { readonly namespace: string; readonly labels: Labels; readonly rootNamespace: string },
): readonly AuthorizationConfig[] {
  return index.all.filter(
    (policy) =>
      (policy.namespace === workload.rootNamespace || policy.namespace === workload.namespace) &&
      labelsMatch(policy.selector, workload.labels),
  );
}
