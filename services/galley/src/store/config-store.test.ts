import { create } from '@bufbuild/protobuf';
import {
  type ConfigObject,
  DESTINATION_RULE,
  isOfSchema,
  makeConfigObject,
  type NativeObject,
  resourceKey,
} from '@quintet/model';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { describe, expect, it } from 'vitest';
import { type ConfigStoreOptions, createConfigStore } from './config-store.ts';
import type { ConfigChange, StoreChange } from './entry.ts';
import type { ConfigItem, NativeItem, SourceBatch } from './source.ts';

const object = (name: string, host: string): ConfigObject =>
  makeConfigObject({
    kind: DESTINATION_RULE,
    namespace: 'default',
    name,
    spec: create(DestinationRuleSchema, { host }),
  });
const keyOf = (name: string): string => `DestinationRule/default/${name}`;

/** An object as a source has it; without a host it is wrong. */
function item(name: string, host?: string, line = 1): ConfigItem {
  const resource = { kind: 'DestinationRule', namespace: 'default', name };
  const origin = { file: 'a.yaml', line };
  const common = { kind: 'config', key: resourceKey(resource), resource, origin } as const;
  if (host !== undefined) return { ...common, object: object(name, host), issues: [] };
  const issue = {
    code: 'IST0106',
    severity: 'error',
    resource,
    path: 'spec',
    message: 'wrong',
    origin,
  } as const;
  return { ...common, issues: [issue] };
}

const native = (name: string, version: string): NativeItem => {
  const meta = { apiVersion: 'v1', namespace: '', name, uid: '', version, createTime: 0 };
  const object: NativeObject = {
    ...{ ...meta, labels: {}, annotations: {}, ownerReferences: [], deleting: false },
    kind: 'Namespace',
    spec: { phase: '' },
  };
  return { kind: 'native', key: `Namespace//${name}`, object };
};

const batch = (source: string, parts: Partial<SourceBatch> = {}): SourceBatch => {
  return { source, synced: true, put: [], removed: [], ...parts };
};

const host = (config: ConfigObject | undefined): string => {
  if (config === undefined) return '';
  return isOfSchema(config, DESTINATION_RULE.schema) ? config.spec.host : '?';
};
/** `name before>after` of what is handed out differently. */
const handed = ({ config }: { readonly config: readonly ConfigChange[] }): string[] =>
  config.map(({ before, after }) => `${(after ?? before)?.name} ${host(before)}>${host(after)}`);
const told = (change: StoreChange): string[] =>
  change.told.map(({ kind, entry }) => `${kind} ${entry.resource.name} ${entry.state}`);

/** A store with the sources `files` and `kube`, of which `files` has handed over `first`. */
function synced(first: readonly ConfigItem[], options: Partial<ConfigStoreOptions> = {}) {
  const store = createConfigStore({ sources: ['files', 'kube'], lastGood: [], ...options });
  store.take(batch('kube'));
  const change = store.take(batch('files', { put: first }));
  return { store, change };
}

describe('the store', () => {
  it('hands out nothing before every source is synced, then everything at once', () => {
    const store = createConfigStore({ sources: ['files', 'kube'], lastGood: [] });
    const early = store.take(batch('files', { put: [item('one', 'x')] }));
    expect([handed(early), told(early), early.first]).toEqual([[], ['applied one applied'], false]);
    expect(handed(store.take(batch('kube', { synced: false, put: [item('two', 'x')] })))).toEqual([]);
    expect(store.missing()).toEqual({ sources: ['kube'], required: [] });
    const complete = store.take(batch('kube', { put: [item('three', 'x')] }));
    expect([handed(complete), complete.first]).toEqual([['one >x', 'two >x', 'three >x'], true]);
    expect(store.missing()).toBeUndefined();
    expect(handed(store.take(batch('files', { synced: false, removed: [keyOf('one')] })))).toEqual([
      'one x>',
    ]);
  });

  it('waits for required objects that are not valid and never were', () => {
    const required = [{ kind: 'DestinationRule', namespace: 'default', name: 'one' }];
    const { store } = synced([item('one')], { required });
    expect(store.missing()).toEqual({ sources: [], required });
    expect(handed(store.take(batch('files', { put: [item('one', 'x')] })))).toEqual(['one >x']);
    const { change } = synced([item('one')], { required, lastGood: [object('one', 'old')] });
    expect(handed(change)).toEqual(['one >old']);
  });

  it('tells of new, changed, bad, repaired and removed objects, once', () => {
    const { store, change } = synced([item('one', 'x'), item('two')]);
    expect(told(change)).toEqual(['applied one applied', 'rejected two rejected']);
    const put = (...items: ConfigItem[]) => store.take(batch('files', { put: items }));
    expect(told(put(item('one', 'x', 7), item('two')))).toEqual([]);
    expect(store.entries.get(keyOf('one'))?.origin.line).toBe(7);
    const held = put(item('one'));
    expect([told(held), handed(held)]).toEqual([['rejected one held'], []]);
    expect(told(put(item('one')))).toEqual([]);
    const repaired = put(item('one', 'x'));
    expect([told(repaired), handed(repaired)]).toEqual([['applied one applied'], []]);
    expect(handed(put(item('two', 'y')))).toEqual(['two >y']);
    expect(told(store.take(batch('files', { removed: [keyOf('two'), keyOf('unknown')] })))).toEqual([
      'removed two applied',
    ]);
  });

  it('lets what was handed out before a restart stand in for what is wrong now, and for nothing else', () => {
    const lastGood = [object('one', 'old'), object('gone', 'old')];
    const { store, change } = synced([item('one')], { lastGood });
    expect(handed(change)).toEqual(['one >old']);
    expect(told(change)).toEqual(['rejected one held']);
    expect([...store.entries.keys()]).toEqual([keyOf('one')]);
    expect(handed(store.take(batch('files', { put: [item('gone')] })))).toEqual([]);
  });

  it('counts the object of the first source, and of the next one when that is gone', () => {
    const { store } = synced([item('one', 'files')]);
    const second = store.take(batch('kube', { put: [item('one', 'kube')] }));
    expect(handed(second)).toEqual([]);
    expect(second.newIssues).toMatchObject([
      { code: 'QTT1004', message: expect.stringContaining('a.yaml:1') },
    ]);
    expect(store.issues()).toHaveLength(1);
    expect(handed(store.take(batch('files', { removed: [keyOf('one')] })))).toEqual(['one files>kube']);
    expect(store.issues()).toEqual([]);
  });

  it('hands out the object of the next source for one that is wrong and never was right, whichever came first', () => {
    const expected = ['one', 'files', 'held', 'kube'];
    const stateOf = ({ entries }: ReturnType<typeof createConfigStore>) => {
      const entry = entries.get(keyOf('one'));
      return [entry?.resource.name, entry?.source, entry?.state, host(entry?.object)];
    };
    const { store } = synced([item('one')]);
    expect(handed(store.take(batch('kube', { put: [item('one', 'kube')] })))).toEqual(['one >kube']);
    expect(stateOf(store)).toEqual(expected);
    const { store: other } = synced([]);
    other.take(batch('kube', { put: [item('one', 'kube')] }));
    expect(handed(other.take(batch('files', { put: [item('one')] })))).toEqual([]);
    expect(stateOf(other)).toEqual(expected);
    other.take(batch('files', { put: [item('one', 'files')] }));
    other.take(batch('files', { put: [item('one')] }));
    expect(stateOf(other)).toEqual(['one', 'files', 'held', 'files']);
  });

  it('takes the issues of a source in place of those before', () => {
    const issue = (message: string) => ({ code: 'QTT1006', severity: 'error', path: '', message }) as const;
    const { store } = synced([]);
    expect(store.take(batch('files', { issues: [issue('a'), issue('b')] })).newIssues).toHaveLength(2);
    expect(store.take(batch('files', { issues: [issue('b'), issue('c')] })).newIssues).toEqual([issue('c')]);
    store.take(batch('files'));
    expect(store.issues()).toEqual([issue('b'), issue('c')]);
  });

  it('keeps the objects of Kubernetes by source, and tells of those whose version is another', () => {
    const { store } = synced([]);
    const take = (source: string, ...put: NativeItem[]) => store.take(batch(source, { put })).native;
    expect(take('kube', native('a', '1'))).toMatchObject([{ source: 'kube', after: { version: '1' } }]);
    expect(take('kube/east', native('a', '2'))).toMatchObject([
      { source: 'kube/east', after: { version: '2' } },
    ]);
    expect(take('kube', native('a', '1'))).toEqual([]);
    expect(take('kube', native('a', '3'))).toMatchObject([
      { before: { version: '1' }, after: { version: '3' } },
    ]);
    const gone = store.take(batch('kube', { removed: ['Namespace//a'] })).native;
    expect(gone).toMatchObject([{ source: 'kube', before: { version: '3' } }]);
    expect(store.native('kube/east').size).toBe(1);
    expect(() => store.take(batch('nobody'))).toThrow('no source nobody');
  });

  it('hands out what is derived together with what it is made of, and gives way to what people wrote', () => {
    const derive: ConfigStoreOptions['derive'] = ({ native: changes }) => {
      const put = changes.flatMap(({ after }) =>
        after === undefined ? [] : [object(after.name, after.version)],
      );
      const removed = changes.flatMap(({ before, after }) => (before && !after ? [keyOf(before.name)] : []));
      return { put, removed, issues: [] };
    };
    const store = createConfigStore({ sources: ['kube'], lastGood: [], derive });
    expect(handed(store.take(batch('kube', { put: [native('a', 'v1')] })))).toEqual(['a >v1']);
    const both = store.take(batch('kube', { put: [item('a', 'mine'), native('a', 'v2')] }));
    expect([handed(both), told(both)]).toEqual([['a v1>mine'], ['applied a applied']]);
    const last = store.take(batch('kube', { removed: [keyOf('a'), 'Namespace//a'] }));
    expect([handed(last), told(last)]).toEqual([['a mine>'], ['removed a applied']]);
    expect([...store.written()]).toEqual([]);
  });

  it('counts what is handed out and what is held back', () => {
    const { store } = synced([item('one', 'x'), item('two', 'x'), item('three')]);
    store.take(batch('files', { put: [item('two')], removed: [keyOf('one')] }));
    const { instances, held, rejected } = store.counts();
    expect([instances.get(DESTINATION_RULE.collection), held, rejected]).toEqual([1, 1, 1]);
  });
});
