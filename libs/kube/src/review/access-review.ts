import type { KubeClient } from '../client/client.ts';
import { field, textOf } from '../json.ts';
import type { KubeUser } from './token-review.ts';

/** What somebody wants to do: ask for a path such as `/debug/configz`, or do something with objects. */
export type AccessQuestion =
  | { readonly path: string; readonly verb: string }
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly namespace?: string;
      readonly name?: string;
    };

/**
 * Asks the API server whether somebody may do something, by its own rules (RBAC). Throws `KubeError` when the question
 * could not be asked: the caller then denies.
 */
export async function reviewAccess(
  client: Pick<KubeClient, 'request'>,
  {
    user,
    question,
  }: {
    readonly user: Pick<KubeUser, 'username' | 'groups' | 'uid' | 'extra'>;
    readonly question: AccessQuestion;
  },
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const attributes =
    'path' in question ? { nonResourceAttributes: question } : { resourceAttributes: question };
  const answer = await client.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: user.username,
        uid: user.uid,
        groups: user.groups,
        extra: Object.fromEntries(user.extra),
        ...attributes,
      },
    }),
  });
  const status = field(answer, 'status');
  return { allowed: field(status, 'allowed') === true, reason: textOf(status, 'reason') };
}
