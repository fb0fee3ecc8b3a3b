import type { JsonValue } from '@bufbuild/protobuf';
import type { KubeClient } from '../client/client.ts';
import { field, listOf, textOf } from '../json.ts';

/** Who a token belongs to. */
export type KubeUser = {
  /** `system:serviceaccount:<namespace>:<name>` for service accounts. */
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  /** What else the API server knows, such as the pod and node of a bound token. */
  readonly extra: ReadonlyMap<string, readonly string[]>;
};

export type TokenReviewResult =
  | { readonly authenticated: true; readonly user: KubeUser; readonly audiences: readonly string[] }
  | { readonly authenticated: false; readonly reason: string };

/**
 * Asks the API server whose token this is. `audiences` are those that the caller answers for: the token must be for one
 * of them. Throws `KubeError` when the question could not be asked; a wrong token is an answer.
 */
export async function reviewToken(
  client: Pick<KubeClient, 'request'>,
  { token, audiences }: { readonly token: string; readonly audiences: readonly string[] },
): Promise<TokenReviewResult> {
  const answer = await client.request({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: JSON.stringify({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token, audiences },
    }),
  });
  const status = field(answer, 'status');
  const accepted = texts(status, 'audiences');
  if (field(status, 'authenticated') !== true) {
    return { authenticated: false, reason: textOf(status, 'error') || 'the token is not valid' };
  }
  // An API server that knows nothing of audiences names none: its answer says nothing about them.
  if (audiences.length > 0 && !accepted.some((audience) => audiences.includes(audience))) {
    return { authenticated: false, reason: `the token is for none of ${audiences.join(', ')}` };
  }
  return { authenticated: true, user: readUser(field(status, 'user')), audiences: accepted };
}

function readUser(user: JsonValue | undefined): KubeUser {
  const extra = field(user, 'extra');
  const keys = typeof extra === 'object' && extra !== null ? Object.keys(extra) : [];
  return {
    username: textOf(user, 'username'),
    uid: textOf(user, 'uid'),
    groups: texts(user, 'groups'),
    extra: new Map(keys.map((key) => [key, texts(extra, key)])),
  };
}

function texts(value: JsonValue | undefined, key: string): string[] {
  return listOf(value, key).filter((item) => typeof item === 'string');
}
