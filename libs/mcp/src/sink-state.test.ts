import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type ResourceSchema, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { silentLog } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { resourceName, toResource } from './resource.ts';
import { SinkState } from './sink-state.ts';
import { RULES, rule } from './testing-objects.ts';

type ResponseInit = MessageInitShape<typeof ResourcesSchema>;

/** A rule as a source sends it, but for what is given. */
function resource(name: string, host = 'x', metadata: Partial<ReturnType<typeof metadataOf>> = {}) {
  const { body, metadata: given } = toResource(rule(name, host));
  return { body, metadata: { ...metadataOf(given?.name ?? '', given?.version ?? ''), ...metadata } };
}
const metadataOf = (name: string, version: string) => ({ name, version });

const full = (...resources: MessageInitShape<typeof ResourceSchema>[]): ResponseInit => ({ resources });
const delta = (resources: ReturnType<typeof resource>[], removedResources: string[] = []): ResponseInit => ({
  ...{ resources, removedResources, incremental: true },
});

/** What a sink that asks for changes only makes of these responses of one collection. */
async function take(responses: readonly ResponseInit[]) {
  const applied = new Map<string, string>();
  const changes: string[] = [];
  const sink = new SinkState({
    ...{ collections: [RULES], node: { id: 'test' }, incremental: true, log: silentLog },
    onChange: ({ full: everything, removed, updated }) => {
      if (everything) applied.clear();
      for (const name of removed) applied.delete(name);
      for (const object of updated) applied.set(resourceName(object), object.version);
      changes.push(`[${updated.map(resourceName).join()}] -[${removed.join()}]`);
    },
  });
  const answers: string[] = [];
  for (const [index, init] of responses.entries()) {
    const response = create(ResourcesSchema, { collection: RULES, nonce: String(index), ...init });
    const { request, refusal } = await sink.answer(response);
    expect(request).toMatchObject({ collection: response.collection, responseNonce: response.nonce });
    expect(request.errorDetail?.code).toBe(refusal?.code);
    answers.push(refusal === undefined ? 'ack' : `nack ${refusal.code} ${refusal.message}`);
  }
  const { initialResourceVersions: tells } = sink.firstRequest(RULES);
  return {
    answers,
    changes,
    applied,
    tells: new Map(Object.entries(tells)),
    version: sink.versions().get(RULES),
  };
}

type Expected = { readonly answers: string[]; readonly changes?: string[]; readonly names: string[] };
const EXPECTED = 'expected a name or namespace/name, found';

describe('a sink whose source', () => {
  it.each<[string, ResponseInit[], Expected]>([
    [
      'removes names that it never sent',
      [delta([resource('a')]), delta([resource('b')], ['shop/x', '', 'a/b/c', '__proto__'])],
      { answers: ['ack', 'ack'], names: ['shop/a', 'shop/b'] },
    ],
    [
      'removes what it sends in the same response',
      [delta([resource('a')], ['shop/a'])],
      { answers: ['ack'], changes: ['[shop/a] -[]'], names: ['shop/a'] },
    ],
    [
      'names an object twice: the last one counts',
      [full(resource('a', 'x'), resource('b'), resource('a', 'y'))],
      { answers: ['ack'], changes: ['[shop/a,shop/b] -[]'], names: ['shop/a', 'shop/b'] },
    ],
    [
      'sends changes only before everything',
      [delta([resource('b')]), full(resource('a'))],
      { answers: ['ack', 'ack'], names: ['shop/a'] },
    ],
    [
      'sends everything although changes are wanted',
      [full(resource('a')), full(resource('b'))],
      { answers: ['ack', 'ack'], names: ['shop/b'] },
    ],
    [
      'says what is gone in a full set',
      [full(resource('a')), { ...full(resource('a')), removedResources: ['shop/a'] }],
      { answers: ['ack', 'ack'], names: ['shop/a'] },
    ],
    [
      'sends an object without metadata',
      [full(resource('a')), full({ body: resource('a').body })],
      { answers: ['ack', `nack 3 ${RULES}: ${EXPECTED} ""`], names: ['shop/a'] },
    ],
    [
      'sends an object without body',
      [full({ metadata: resource('a').metadata })],
      {
        answers: [
          `nack 3 ${RULES} shop/a: expected a body of type istio.networking.v1alpha3.DestinationRule, found ""`,
        ],
        names: [],
      },
    ],
    [
      'gives a name without namespace',
      [full(resource('a', 'x', { name: 'a' }))],
      { answers: ['ack'], names: ['a'] },
    ],
    ...['/a', 'shop/', 'shop/a/b', '/'].map((name): [string, ResponseInit[], Expected] => [
      `gives the name ${name}`,
      [full(resource('b'), resource('a', 'x', { name }))],
      { answers: [`nack 3 ${RULES}: ${EXPECTED} "${name}"`], names: [] },
    ]),
    [
      'refuses nothing of one object because of another: all or nothing',
      [full(resource('a')), delta([resource('b'), resource('c', 'x', { name: '' })], ['shop/a'])],
      { answers: ['ack', `nack 3 ${RULES}: ${EXPECTED} ""`], names: ['shop/a'] },
    ],
    [
      'sends a collection that nobody asked for',
      [{ ...full(resource('a')), collection: 'no/such' }],
      { answers: ['nack 12 unknown collection "no/such"'], names: [] },
    ],
    [
      'sends no collection',
      [{ ...full(resource('a')), collection: '' }],
      { answers: ['nack 12 unknown collection ""'], names: [] },
    ],
    ['gives no nonce', [{ ...full(resource('a')), nonce: '' }], { answers: ['ack'], names: ['shop/a'] }],
  ])('%s', async (_what, responses, { answers, names, changes }) => {
    const taken = await take(responses);
    expect(taken.answers).toEqual(answers);
    expect([...taken.applied.keys()].sort()).toEqual(names);
    // What it would tell a source is what was applied.
    expect([...taken.tells].sort()).toEqual([...taken.applied].sort());
    if (changes !== undefined) expect(taken.changes).toEqual(changes);
  });

  it('gives versions to nothing is complete, and tells contents apart', async () => {
    const bare = (host: string) => full(resource('a', host, { version: '' }));
    const first = await take([bare('x')]);
    const second = await take([bare('x'), bare('y')]);
    expect([first.answers, second.answers, second.version]).toEqual([['ack'], ['ack', 'ack'], '']);
    expect(first.applied.get('shop/a')).not.toBe('');
    expect(second.applied.get('shop/a')).not.toBe(first.applied.get('shop/a'));
  });
});
