import type { JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../json.ts';
import { reviewAccess } from './access-review.ts';
import { reviewToken } from './token-review.ts';

/** An API server that gives one answer, and what it was asked. */
function answering(status: JsonValue) {
  const asked: (JsonValue | undefined)[] = [];
  return {
    asked,
    request: async ({ body = '' }: { readonly body?: string }) => {
      asked.push(parseJson(body));
      return { status };
    },
  };
}

const user = {
  username: 'system:serviceaccount:a:b',
  uid: 'u',
  groups: ['g'],
  extra: { 'authentication.kubernetes.io/node-name': ['n1'] },
};

describe('a token review', () => {
  const cases: readonly (readonly [string, JsonValue, object])[] = [
    [
      'a good token',
      { authenticated: true, user, audiences: ['istio-ca'] },
      { authenticated: true, user: { username: user.username, groups: ['g'] }, audiences: ['istio-ca'] },
    ],
    ['a bad one', { authenticated: false, error: 'expired' }, { authenticated: false, reason: 'expired' }],
    ['one for others', { authenticated: true, user, audiences: ['other'] }, { authenticated: false }],
    ['one whose audience nobody looked at', { authenticated: true, user }, { authenticated: false }],
    ['no answer', {}, { authenticated: false }],
  ];
  it.each(cases)('%s', async (_, status, expected) => {
    const client = answering(status);
    expect(await reviewToken(client, { token: 't', audiences: ['istio-ca'] })).toMatchObject(expected);
    expect(client.asked).toMatchObject([
      { kind: 'TokenReview', spec: { token: 't', audiences: ['istio-ca'] } },
    ]);
  });

  it('tells what else is known of the user', async () => {
    const result = await reviewToken(answering({ authenticated: true, user }), { token: 't', audiences: [] });
    expect(result).toMatchObject({
      user: { extra: new Map([['authentication.kubernetes.io/node-name', ['n1']]]) },
    });
  });
});

describe('an access review', () => {
  it.each([
    [{ allowed: true }, true],
    [{ allowed: false, reason: 'no' }, false],
    [{}, false],
  ])('%j', async (status, allowed) => {
    const client = answering(status);
    const who = { username: 'x', uid: '', groups: ['g'], extra: new Map([['k', ['v']]]) };
    const question = { path: '/debug/configz', verb: 'get' };
    expect(await reviewAccess(client, { user: who, question })).toMatchObject({ allowed });
    expect(client.asked).toMatchObject([
      { spec: { user: 'x', groups: ['g'], extra: { k: ['v'] }, nonResourceAttributes: question } },
    ]);
  });
});
