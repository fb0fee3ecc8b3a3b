import { create } from '@bufbuild/protobuf';
import { GATEWAY, makeConfigObject } from '@quintet/model';
import { GatewaySchema } from '@quintet/proto/istio/networking/v1alpha3/gateway_pb.js';
import { describe, expect, it } from 'vitest';
import { createStore } from './store.ts';

const { collection } = GATEWAY;
const gateway = (name: string) =>
  makeConfigObject({ kind: GATEWAY, namespace: 'ns', name, spec: create(GatewaySchema) });

describe('createStore', () => {
  it('applies whole snapshots and changes', () => {
    const changed: string[] = [];
    const store = createStore((name) => changed.push(name));
    store.apply({
      collection,
      version: '1',
      full: true,
      updated: [gateway('a'), gateway('b')],
      removed: [],
    });
    store.apply({ collection, version: '2', full: false, updated: [gateway('c')], removed: ['ns/a'] });
    expect([...store.objects()].map(({ name }) => name)).toEqual(['b', 'c']);
    store.apply({ collection, version: '3', full: true, updated: [gateway('d')], removed: [] });
    expect([...store.objects()].map(({ name }) => name)).toEqual(['d']);
    expect(store.counts()).toEqual(new Map([[collection, 1]]));
    expect(changed).toEqual([collection, collection, collection]);
  });

  it('finds an object by its source', () => {
    const store = createStore(() => undefined);
    const object = gateway('a');
    store.apply({ collection, version: '1', full: true, updated: [object], removed: [] });
    expect(store.bySource(`${collection}/ns/a`)).toBe(object);
    expect(store.bySource(`${collection}/ns/b`)).toBeUndefined();
  });
});
