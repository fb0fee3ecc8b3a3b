import { create, type JsonObject } from '@bufbuild/protobuf';
import { createSnapshots, resourceName } from '@quintet/mcp';
import {
  type ConfigObject,
  DESTINATION_RULE,
  KINDS,
  MESH_CONFIG,
  makeConfigObject,
  nativeKey,
  resourceKey,
} from '@quintet/model';
import { MeshConfigSchema } from '@quintet/proto/istio/mesh/v1alpha1/mesh_config_pb.js';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDerivation } from '../convert/derivation.ts';
import { native, pod, service, slice } from '../convert/testing-native.ts';
import { createConfigStore } from './config-store.ts';
import type { StoreChange } from './entry.ts';
import type { SourceItem } from './source.ts';

/** Something that becomes of one object of one source: what it is from now on, or that it is gone. */
type Happening = { readonly source: string; readonly key: string; readonly item?: SourceItem };
/** Everything that becomes of one object, in its order. */
type History = readonly [Happening, ...Happening[]];

const SOURCES = ['files', 'kube'];

function configItem(object: ConfigObject, wrong: boolean): SourceItem {
  const { kind, namespace, name } = object;
  const resource = { kind, namespace, name };
  const [key, origin] = [resourceKey(resource), { file: 'a.yaml', line: 1 }];
  const issue = {
    code: 'IST0106',
    severity: 'error',
    resource,
    path: 'spec',
    message: 'wrong',
    origin,
  } as const;
  return wrong
    ? { kind: 'config', key, resource, origin, issues: [issue] }
    : { kind: 'config', key, resource, origin, object, issues: [] };
}

const rule = (name: string, step: number): ConfigObject =>
  makeConfigObject({
    kind: DESTINATION_RULE,
    ...{ namespace: 'shop', name, spec: create(DestinationRuleSchema, { host: `host-${step}` }) },
  });
const mesh = (step: number): ConfigObject =>
  makeConfigObject({
    kind: MESH_CONFIG,
    ...{ namespace: 'istio-system', name: 'meshconfig' },
    spec: create(MeshConfigSchema, { trustDomain: `td-${step % 2}`, rootNamespace: 'istio-system' }),
  });
const nativeItem = (object: ReturnType<typeof native>, version: number): SourceItem => {
  return {
    kind: 'native',
    key: nativeKey(object),
    object: { ...object, version: String(version), uid: 'u' },
  };
};

const pathTo = (host: string, name: string): JsonObject => ({
  ingressClassName: 'istio',
  rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: backendOf(name) }] } }],
});
const backendOf = (name: string): JsonObject => ({ service: { name, port: { number: 80 } } });

/** An object of each kind that something is made of, as it is after so many steps. */
const OBJECTS: Readonly<Record<string, (step: number, wrong: boolean) => SourceItem>> = {
  'rule a': (step, wrong) => configItem(rule('a', step), wrong),
  'rule b': (step, wrong) => configItem(rule('b', step), wrong),
  mesh: (step) => configItem(mesh(step), false),
  service: (step) => nativeItem(service('shop/reviews', { clusterIP: `10.1.0.${step + 1}` }), step),
  'slice 1': (step) =>
    nativeItem(
      slice('shop/reviews-1', 'reviews', [{ ip: '10.2.0.1', pod: 'p', ready: step % 2 === 0 }]),
      step,
    ),
  'slice 2': (step) =>
    nativeItem(slice('shop/reviews-2', 'reviews', [{ ip: '10.2.0.1' }, { ip: `10.2.0.${step + 2}` }]), step),
  pod: (step) => nativeItem(pod('shop/p', '10.2.0.1', { labels: { version: `v${step}` } }), step),
  node: (step) =>
    nativeItem(
      native('Node', 'node-1', { metadata: { labels: { 'topology.kubernetes.io/region': `r${step}` } } }),
      step,
    ),
  class: (step) =>
    nativeItem(
      native('IngressClass', 'istio', { spec: { controller: 'istio.io/ingress-controller' } }),
      step,
    ),
  ingress: (step) =>
    nativeItem(native('Ingress', 'shop/edge', { spec: pathTo(`h${step}.example`, 'reviews') }), step),
};

const history = fc
  .record({
    source: fc.constantFrom('files', 'kube', 'kube/east'),
    what: fc.constantFrom(...Object.keys(OBJECTS)),
    steps: fc.array(fc.constantFrom('right', 'right', 'wrong', 'gone'), { minLength: 1, maxLength: 4 }),
  })
  .map(({ source, what, steps }): History => {
    // Remote clusters have objects of Kubernetes only.
    const remote = source === 'kube/east' && (what.startsWith('rule') || what === 'mesh') ? 'kube' : source;
    const [first, ...rest] = steps.map((state, step): Happening => {
      const item = OBJECTS[what]?.(step, state === 'wrong');
      if (item === undefined) throw new TypeError(what);
      return { source: remote, key: item.key, ...(state !== 'gone' && { item }) };
    });
    if (first === undefined) throw new TypeError('no steps');
    return [first, ...rest];
  });
const histories = fc.uniqueArray(history, {
  maxLength: 14,
  selector: ([{ source, key }]) => `${source} ${key}`,
});
/** Choices, taken one after the other and then from the first again. */
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 60 });

/** Galley's state, from what sources say to what is handed out. */
function createGalley() {
  const derivation = createDerivation({ domain: 'cluster.local', clusterId: 'Kubernetes', services: true });
  const store = createConfigStore({
    ...{ sources: SOURCES, lastGood: [] },
    derive: (change) => ({ ...derivation.apply(change), issues: derivation.issues() }),
  });
  const snapshots = createSnapshots(KINDS.map(({ collection }) => collection));
  const handOut = ({ config, first }: StoreChange): void => {
    const put = config.flatMap(({ after }) => after ?? []);
    if (first) return void snapshots.publish(put);
    const gone = config.flatMap(({ before, after }) => (after === undefined ? (before ?? []) : []));
    const removed = gone.map((object) => ({ collection: object.collection, name: resourceName(object) }));
    if (config.length > 0) snapshots.update({ put, removed });
  };
  return {
    take(
      happenings: readonly Happening[],
      { source, synced }: { source: string; synced: boolean },
    ): StoreChange {
      const put = happenings.flatMap(({ item }) => item ?? []);
      const removed = happenings.flatMap(({ key, item }) => (item === undefined ? key : []));
      const change = store.take({ source, synced, put, removed });
      handOut(change);
      return change;
    },
    /** What sinks have, and what people are told. */
    state() {
      const entries = [...store.entries].map(([key, { source, state, object, issues }]) => {
        return [key, source, state, object?.version, issues.length].join(' ');
      });
      const collections = KINDS.map(({ collection }) => snapshots.get(collection)?.version);
      return {
        entries: entries.toSorted(),
        collections,
        issues: store
          .issues()
          .map(({ message }) => message)
          .toSorted(),
      };
    },
  };
}

/** One object after the other, step by step. */
function inSequence(all: readonly History[]) {
  const galley = createGalley();
  for (const source of SOURCES) galley.take([], { source, synced: true });
  for (const happening of all.flat()) galley.take([happening], { source: happening.source, synced: true });
  return galley.state();
}

/** All objects in a muddle, in batches, some of it before the sources are complete. */
function muddled(
  all: readonly History[],
  chosen: readonly number[],
  onTold: (again: () => StoreChange) => void,
) {
  const galley = createGalley();
  let taken = 0;
  const choose = (below: number): number => (chosen[taken++ % chosen.length] ?? 0) % below;
  const waiting = all.map((steps) => [...steps]);
  const synced = new Set<string>();
  for (let open = waiting; open.length > 0; open = waiting.filter((steps) => steps.length > 0)) {
    const source = open[choose(open.length)]?.[0]?.source ?? '';
    const own = open.filter((steps) => steps[0]?.source === source);
    const batch = own.slice(0, 1 + choose(own.length)).flatMap((steps) => steps.shift() ?? []);
    if (choose(3) === 0) synced.add(source);
    const options = { source, synced: synced.has(source) };
    galley.take(batch, options);
    if (choose(2) === 0) onTold(() => galley.take(batch, options));
  }
  for (const source of SOURCES) galley.take([], { source, synced: true });
  return galley.state();
}

describe('what galley hands out', () => {
  it('is the same in whatever order several sources tell of their objects', () => {
    fc.assert(
      fc.property(histories, choices, (all, chosen) => {
        expect(muddled(all, chosen, () => {})).toEqual(inSequence(all));
      }),
      { numRuns: 400 },
    );
  });

  it('does not change by what is told again', () => {
    fc.assert(
      fc.property(histories, choices, (all, chosen) => {
        const state = muddled(all, chosen, (again) => {
          const { config, native: changed, newIssues, told } = again();
          expect({ config, changed, newIssues, told }).toEqual({
            config: [],
            changed: [],
            newIssues: [],
            told: [],
          });
        });
        expect(state).toEqual(inSequence(all));
      }),
      { numRuns: 400 },
    );
  });
});
