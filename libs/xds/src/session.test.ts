import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Session } from './session.ts';
import type { SessionEvent, SessionOutput, SessionResponse } from './session-types.ts';
import { type Judge, ModelEnvoy } from './testing/model-envoy.ts';
import { type World, worldSet } from './testing/wire.ts';
import type { Form } from './type-channel.ts';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, PUSH_ORDER, ROUTE_TYPE } from './type-urls.ts';

const FORMS: readonly Form[] = ['sotw', 'delta'];
const SHORT = new Map([
  [CLUSTER_TYPE, 'cds'],
  [ENDPOINT_TYPE, 'eds'],
  [LISTENER_TYPE, 'lds'],
  [ROUTE_TYPE, 'rds'],
]);

/** A session and a client, with what travels between them in two queues and time standing still. */
class Pair {
  session: Session;
  readonly envoy: ModelEnvoy;
  readonly responses: SessionResponse[] = [];
  readonly events: SessionEvent[] = [];
  readonly log: string[] = [];
  wakeAt: number | undefined;
  now = 0;
  readonly #form: Form;

  constructor(form: Form, judge?: Judge) {
    this.#form = form;
    this.session = new Session({ form });
    this.envoy = new ModelEnvoy(form, judge);
    this.envoy.connect();
  }

  reconnect(world: World): void {
    this.session = new Session({ form: this.#form });
    this.responses.length = 0;
    this.envoy.connect();
    this.target(world);
  }

  target(world: World): void {
    this.take(this.session.target(worldSet(world), this.now));
  }

  tick(ms: number): void {
    this.now += ms;
    this.take(this.session.tick(this.now));
  }

  /** Delivers the oldest response to the client. */
  down(): boolean {
    const response = this.responses.shift();
    if (response === undefined) return false;
    const removed = response.removals.map((name) => `-${name}`);
    const names = response.resources.map(({ name, version }) => `${name}@${version}`);
    this.log.push(`${SHORT.get(response.typeUrl)} ${[...names, ...removed].sort().join(' ')}`.trim());
    this.envoy.receive(response);
    return true;
  }

  /** Delivers the oldest request to the session. */
  up(): boolean {
    const request = this.envoy.requests.shift();
    if (request === undefined) return false;
    this.take(this.session.request(request, this.now));
    return true;
  }

  settle(check: () => void = () => undefined): void {
    for (let i = 0; i < 1000; i += 1) {
      if (!this.up() && !this.down()) return;
      check();
    }
    throw new Error('no end of requests and responses');
  }

  /** As `settle`, and lets the time pass that the session says it needs. */
  settleInTime(): void {
    this.settle();
    for (let i = 0; this.wakeAt !== undefined && i < 10; i += 1) {
      this.tick(this.wakeAt - this.now);
      this.settle();
    }
    expect(this.wakeAt).toBeUndefined();
  }

  take(output: SessionOutput): void {
    this.responses.push(...output.responses);
    this.events.push(...output.events);
    this.wakeAt = output.wakeAt;
  }
}

/** What a client that follows a world holds in the end. */
function expected(world: World) {
  const set = worldSet(world);
  const named = new Set(
    Object.values(world.listeners ?? {}).flatMap((names) => names.map((n) => n.replace('rds:', ''))),
  );
  const of = (type: string, keep: (name: string) => boolean) =>
    Object.fromEntries(
      [...(set.get(type)?.resources.values() ?? [])]
        .filter(({ name }) => keep(name))
        .map(({ name, version }) => [name, version] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return Object.fromEntries(
    PUSH_ORDER.filter((type) => SHORT.has(type)).map((type) => [
      SHORT.get(type),
      of(type, (name) => type !== ROUTE_TYPE || named.has(name)),
    ]),
  );
}

function holding(envoy: ModelEnvoy) {
  return Object.fromEntries([...SHORT].map(([type, short]) => [short, envoy.holding(type)]));
}

describe.each(FORMS)('Session, %s', (form) => {
  const first: World = { clusters: { a: '1' }, listeners: { l: ['rds:r'] }, routes: { r: ['a'] } };

  it('sends clusters with their endpoints, and routes once the clusters are warm', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle(() => expect(pair.envoy.broken()).toEqual([]));
    expect(pair.log.filter((line) => !line.endsWith('lds'))).toEqual([
      'cds a@1',
      'lds l@rds:r',
      'eds a@1',
      'rds r@a',
    ]);
    expect(holding(pair.envoy)).toEqual(expected(first));
  });

  it('sends nothing when the set is equal', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    pair.log.length = 0;
    pair.target(structuredClone(first));
    pair.settle();
    expect(pair.log).toEqual([]);
  });

  it('makes the new cluster, moves the route, then breaks the old cluster', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    pair.log.length = 0;
    pair.target({ clusters: { b: '1' }, listeners: { l: ['rds:r'] }, routes: { r: ['b'] } });
    pair.settle(() => expect(pair.envoy.broken()).toEqual([]));
    expect(pair.log).toEqual(
      form === 'delta'
        ? ['cds b@1', 'eds b@1', 'rds r@b', 'cds -a']
        : ['cds a@1 b@1', 'eds b@1', 'rds r@b', 'cds b@1'],
    );
  });

  it('sends endpoints again with a cluster changed in place', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    pair.log.length = 0;
    pair.target({ ...first, clusters: { a: '2' } });
    pair.settle();
    expect(pair.log).toEqual(['cds a@2', 'eds a@1']);
    expect(holding(pair.envoy)).toEqual(expected({ ...first, clusters: { a: '2' } }));
  });

  it('sends changed endpoints alone', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    pair.log.length = 0;
    pair.target({ ...first, endpoints: { a: '2' } });
    pair.settle();
    expect(pair.log).toEqual(['eds a@2']);
  });

  it('has one response of a type under way and passes over what is outdated', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    for (const version of ['2', '3', '4']) pair.target({ ...first, endpoints: { a: version } });
    expect(pair.responses.map(({ resources }) => resources.map(({ version }) => version))).toEqual([['2']]);
    pair.settle();
    expect(pair.log.slice(-2)).toEqual(['eds a@2', 'eds a@4']);
  });

  it('waits five seconds for a cluster, then sends the route and says so', () => {
    const pair = new Pair(form);
    pair.target(first);
    pair.settle();
    pair.target({ clusters: { a: '1', b: '1' }, listeners: { l: ['rds:r'] }, routes: { r: ['b'] } });
    pair.tick(4999);
    expect(pair.responses.map(({ typeUrl }) => SHORT.get(typeUrl))).toEqual(['cds']);
    expect(pair.wakeAt).toBe(5000);
    pair.tick(1);
    expect(pair.responses.map(({ typeUrl }) => SHORT.get(typeUrl))).toEqual(['cds', 'rds']);
    expect(pair.events.at(-2)).toEqual({ kind: 'overdue', needs: [{ type: CLUSTER_TYPE, name: 'b' }] });
    pair.settle();
    expect(holding(pair.envoy).rds).toEqual({ r: 'b' });
  });

  it('finds the one cluster that is refused, keeps its last good version and that of its new routes', () => {
    const judge: Judge = (type, resources) =>
      type === CLUSTER_TYPE && resources.some(({ version }) => version === 'bad')
        ? 'Proto constraint'
        : undefined;
    const pair = new Pair(form, judge);
    pair.target({ ...first, clusters: { a: '1', b: '1', c: '1' } });
    pair.settle();
    const next = { a: '2', b: 'bad', c: '2', d: '1', e: 'bad' };
    pair.target({ clusters: next, listeners: { l: ['rds:r'] }, routes: { r: ['a', 'e'] } });
    pair.settle(() => expect(pair.envoy.broken()).toEqual([]));
    expect(holding(pair.envoy).cds).toEqual({ a: '2', b: '1', c: '2', d: '1' });
    expect(holding(pair.envoy).rds).toEqual({ r: 'a' });
    const refused = pair.events.flatMap((event) => (event.kind === 'refused' ? [event.name] : []));
    expect(refused.sort()).toEqual(['b', 'e']);
    expect(pair.session.status().find(({ typeUrl }) => typeUrl === ROUTE_TYPE)?.heldBack).toEqual(['r']);
    pair.target({
      clusters: { ...next, b: '3', e: '1' },
      listeners: { l: ['rds:r'] },
      routes: { r: ['a', 'e'] },
    });
    pair.settle();
    expect(holding(pair.envoy).cds).toEqual({ a: '2', b: '3', c: '2', d: '1', e: '1' });
    expect(holding(pair.envoy).rds).toEqual({ r: 'a,e' });
  });

  it('takes away nothing from a client that reconnects and refuses what is new', () => {
    let refuse = false;
    const judge: Judge = (type) => (type === CLUSTER_TYPE && refuse ? 'no' : undefined);
    const pair = new Pair(form, judge);
    pair.target({ ...first, clusters: { a: '1', b: '1' } });
    pair.settle();
    refuse = true;
    pair.reconnect({ ...first, clusters: { a: '2', b: '2' } });
    pair.settle();
    refuse = false;
    expect(holding(pair.envoy).cds).toEqual({ a: '1', b: '1' });
  });

  it('answers a first request although there is nothing to say', () => {
    const pair = new Pair(form);
    pair.target({});
    pair.settle();
    expect(pair.log).toEqual(['cds', 'lds']);
  });
});

it('gives a delta client that reconnects only what it lacks, and removes clusters after their routes', () => {
  const pair = new Pair('delta');
  pair.target({ clusters: { a: '1', b: '1' }, listeners: { l: ['rds:r'] }, routes: { r: ['a', 'b'] } });
  pair.settle();
  pair.log.length = 0;
  pair.reconnect({ clusters: { b: '1', c: '1' }, listeners: { l: ['rds:r'] }, routes: { r: ['b', 'c'] } });
  pair.settle(() => expect(pair.envoy.broken()).toEqual([]));
  expect(pair.log).toEqual(
    ['cds c@1', 'eds', 'lds', 'eds c@1', 'rds r@b,c', 'cds -a'].filter((l) => pair.log.includes(l)),
  );
  expect(holding(pair.envoy).cds).toEqual({ b: '1', c: '1' });
});

const names = fc.subarray(['a', 'b', 'c', 'd']);
const world: fc.Arbitrary<World> = fc
  .record({
    clusters: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3')),
    endpoints: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3')),
    routes: fc.record({ r: names, s: names }),
    listeners: fc.dictionary(
      fc.constantFrom('l', 'm'),
      fc.constantFrom(['rds:r'], ['rds:s'], ['a'], ['b', 'rds:r']),
    ),
  })
  .map((drawn) => {
    const has = (name: string) => name.startsWith('rds:') || name in drawn.clusters;
    const only = (record: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(record).map(([key, list]) => [key, list.filter(has)]));
    return { ...drawn, routes: only(drawn.routes), listeners: only(drawn.listeners) };
  });
const step = fc.oneof(
  world.map((to) => Object.assign((pair: Pair) => pair.target(to), { toString: () => JSON.stringify(to) })),
  fc.constant((pair: Pair) => void pair.down()),
  fc.constant((pair: Pair) => void pair.up()),
);
const jump = fc.oneof(
  { weight: 8, arbitrary: step },
  { weight: 1, arbitrary: world.map((to) => (pair: Pair) => pair.reconnect(to)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 6000 }).map((ms) => (pair: Pair) => pair.tick(ms)) },
);

describe.each(FORMS)('any sequence of sets, requests and answers, %s', (form) => {
  it('ends with the client holding the last set, without a route ever naming a missing cluster', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), world, (steps, last) => {
        const pair = new Pair(form);
        const whole = () => expect(pair.envoy.broken()).toEqual([]);
        for (const run of steps) {
          run(pair);
          whole();
        }
        pair.target(last);
        pair.settle(whole);
        expect(holding(pair.envoy)).toEqual(expected(last));
        expect(pair.wakeAt).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it('ends so after reconnects and delays too', () => {
    fc.assert(
      fc.property(fc.array(jump, { maxLength: 40 }), world, (steps, last) => {
        const pair = new Pair(form);
        for (const run of steps) run(pair);
        pair.target(last);
        pair.settleInTime();
        expect(holding(pair.envoy)).toEqual(expected(last));
      }),
      { numRuns: 300 },
    );
  });
});
