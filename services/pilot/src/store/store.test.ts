import { create } from '@bufbuild/protobuf';
import type { CollectionChange } from '@quintet/mcp';
import { AUTHORIZATION_POLICY, type ConfigObject, GATEWAY, makeConfigObject } from '@quintet/model';
import {
  GatewaySchema,
  Server_TLSOptions_TLSmode,
} from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { AuthorizationPolicySchema } from '@quintet/proto/istio/security/v1beta1/authorization_policy_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Refusal } from './refusal.ts';
import { createStore } from './store.ts';

const { collection } = GATEWAY;

/** A gateway; OPTIONAL_MUTUAL restricts access and is not realised. */
function gateway(name: string, { version = '1', refused = false } = {}): ConfigObject {
  const mode = refused ? Server_TLSOptions_TLSmode.OPTIONAL_MUTUAL : Server_TLSOptions_TLSmode.MUTUAL;
  const spec = create(GatewaySchema, { servers: [{ hosts: [version], tls: { mode } }] });
  return { ...makeConfigObject({ kind: GATEWAY, namespace: 'ns', name, spec }), version };
}

/** A policy; conditions on tokens restrict access and are not realised. */
function policy(version: string, { refused }: { readonly refused: boolean }): ConfigObject {
  const requestPrincipals = refused ? [version] : [];
  const from = [{ source: { principals: ['x'], requestPrincipals } }];
  const spec = create(AuthorizationPolicySchema, { rules: [{ from }] });
  return { ...makeConfigObject({ kind: AUTHORIZATION_POLICY, namespace: 'ns', name: 'p', spec }), version };
}

function setUp() {
  const changed: string[] = [];
  const refused: Refusal[] = [];
  const store = createStore({
    changed: (name) => changed.push(name),
    onRefused: (refusal) => refused.push(refusal),
  });
  const apply = (updated: readonly ConfigObject[], removed: readonly string[] = [], full = false) =>
    store.apply({ collection, version: '', full, updated, removed });
  const versions = () => [...store.objects()].map(({ name, version }) => `${name} ${version}`);
  return { store, changed, refused, apply, versions };
}

describe('createStore', () => {
  it('applies whole snapshots and changes', () => {
    const { store, changed, apply, versions } = setUp();
    apply([gateway('a'), gateway('b')], [], true);
    apply([gateway('c')], ['ns/a']);
    expect(versions()).toEqual(['b 1', 'c 1']);
    apply([gateway('d')], [], true);
    expect(versions()).toEqual(['d 1']);
    expect(store.counts()).toEqual(new Map([[collection, 1]]));
    expect(changed).toEqual([collection, collection, collection]);
  });

  it('finds an object by its source', () => {
    const { store, apply } = setUp();
    const object = gateway('a');
    apply([object], [], true);
    expect(store.bySource(`${collection}/ns/a`)).toBe(object);
    expect(store.bySource(`${collection}/ns/b`)).toBeUndefined();
  });
});

describe('an object that restricts access in a way that is not realised', () => {
  it.each([false, true])(
    'leaves its last version in use, and nothing else is lost (full sets: %s)',
    (full) => {
      const { store, refused, apply, versions } = setUp();
      apply([gateway('a'), gateway('b')], [], true);
      apply([gateway('a', { version: '2', refused: true }), gateway('b', { version: '2' })], [], full);
      expect(versions().sort()).toEqual(['a 1', 'b 2']);
      expect(store.refusals()).toMatchObject([
        {
          object: { name: 'a', version: '2' },
          kept: { version: '1' },
          issues: [{ code: 'QTT2002', severity: 'error', path: 'spec.servers[0].tls.mode' }],
        },
      ]);
      expect(refused).toEqual(store.refusals());
    },
  );

  it('has no effect when no version of it was accepted', () => {
    const { store, apply, versions } = setUp();
    apply([gateway('a', { refused: true })], [], true);
    expect(versions()).toEqual([]);
    expect(store.refusals()).toMatchObject([{ object: { name: 'a' } }]);
    expect(store.refusals()[0]?.kept).toBeUndefined();
  });

  it('is told of once a version', () => {
    const { refused, apply } = setUp();
    for (const version of ['1', '1', '2', '2']) apply([gateway('a', { version, refused: true })], [], true);
    expect(refused.map(({ object }) => object.version)).toEqual(['1', '2']);
  });

  it.each([
    ['is corrected', [gateway('a', { version: '3' })], []],
    ['is removed', [], ['ns/a']],
  ])('is forgotten when it %s', (_, updated, removed) => {
    for (const full of [false, true]) {
      const { store, apply, versions } = setUp();
      apply([gateway('a')]);
      apply([gateway('a', { version: '2', refused: true })]);
      apply(updated, full ? [] : removed, full);
      expect(store.refusals()).toEqual([]);
      expect(versions()).toEqual(updated.map(({ name, version }) => `${name} ${version}`));
    }
  });

  it('changes nothing, whatever comes in whatever order', () => {
    const put = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      version: fc.constantFrom('1', '2', '3'),
      refused: fc.boolean(),
    });
    const change = fc.record({
      full: fc.boolean(),
      puts: fc.uniqueArray(put, { selector: ({ name }) => name }),
      removed: fc.uniqueArray(fc.constantFrom('ns/a', 'ns/b', 'ns/c')),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const { store } = setUp();
        const without = setUp().store;
        for (const { full, puts, removed } of changes) {
          const updated = puts.map(({ name, ...how }) => gateway(name, how));
          const applied: CollectionChange = { collection, version: '', full, updated, removed };
          store.apply(applied);
          without.apply({ ...applied, updated: asIfNeverSent(applied, puts, without) });
        }
        expect(byName(store.objects())).toEqual(byName(without.objects()));
        expect(without.refusals()).toEqual([]);
      }),
    );
  });
});

describe('a policy that restricts access in a way that is not realised', () => {
  it('is in use, to deny, until a version was accepted, and then leaves that in use', () => {
    const { store, refused, apply, versions } = setUp();
    const say = (version: string, how: { readonly refused: boolean }): string => {
      apply([policy(version, how)]);
      return versions().join();
    };
    expect(say('1', { refused: true })).toBe('p 1');
    expect(say('2', { refused: true })).toBe('p 2');
    expect(say('3', { refused: false })).toBe('p 3');
    expect(say('4', { refused: true })).toBe('p 3');
    expect(say('5', { refused: true })).toBe('p 3');
    expect(refused.map(({ object }) => object.version)).toEqual(['1', '2', '4', '5']);
    expect(store.refusals()).toMatchObject([{ object: { version: '5' }, kept: { version: '3' } }]);
  });
});

/** What would have been sent had the refused versions never existed: in a full set, their last versions. */
function asIfNeverSent(
  { full, updated }: CollectionChange,
  puts: readonly { readonly name: string; readonly refused: boolean }[],
  store: ReturnType<typeof setUp>['store'],
): ConfigObject[] {
  const bad = new Set(puts.filter(({ refused }) => refused).map(({ name }) => name));
  return updated.flatMap((object) => {
    if (!bad.has(object.name)) return [object];
    const before = store.bySource(`${collection}/ns/${object.name}`);
    return full && before !== undefined ? [before] : [];
  });
}

function byName(objects: Iterable<ConfigObject>): Record<string, string> {
  return Object.fromEntries([...objects].map(({ name, version }) => [name, version]));
}
