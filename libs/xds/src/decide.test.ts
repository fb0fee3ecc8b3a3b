import { describe, expect, it } from 'vitest';
import { type DeltaRequest, decideDelta } from './decide-delta.ts';
import { decideSotw, type SotwRequest } from './decide-sotw.ts';
import { afterSend, INITIAL_STATE, type ProtocolState, type Verdict } from './subscription.ts';
import { CLUSTER_TYPE, ENDPOINT_TYPE } from './type-urls.ts';

type Case<Request> = readonly [
  says: string,
  before: ProtocolState,
  request: Partial<Request>,
  verdict: Partial<Verdict>,
  wants: readonly string[],
];

const none: readonly string[] = [];

/** What a state wants: the names, and `*` for everything. */
function wantsOf({ subscription }: ProtocolState): string[] {
  return [...(subscription.wildcard ? ['*'] : none), ...[...subscription.names].sort()];
}

function started(names: readonly string[], ...nonces: readonly string[]): ProtocolState {
  const wildcard = names.includes('*');
  const subscription = { wildcard, names: new Set(names.filter((name) => name !== '*')) };
  return nonces.reduce<ProtocolState>((state, nonce) => afterSend(state, nonce, 4), {
    ...INITIAL_STATE,
    started: true,
    subscription,
  });
}

function answered(state: ProtocolState): ProtocolState {
  return { ...state, unanswered: [] };
}

const CDS = { typeUrl: CLUSTER_TYPE };
const EDS = { typeUrl: ENDPOINT_TYPE };

const SOTW: readonly Case<SotwRequest>[] = [
  ['first, everything', INITIAL_STATE, CDS, { kind: 'first', added: [] }, ['*']],
  ['first, everything by name', INITIAL_STATE, { ...CDS, resourceNames: ['*'] }, { kind: 'first' }, ['*']],
  [
    'first, one name',
    INITIAL_STATE,
    { ...CDS, resourceNames: ['a'] },
    { kind: 'first', added: ['a'] },
    ['a'],
  ],
  ['first, no name of a type without wildcard', INITIAL_STATE, EDS, { kind: 'first' }, []],
  [
    'reconnect: old version, no nonce',
    INITIAL_STATE,
    { ...CDS, versionInfo: 'old' },
    { kind: 'first' },
    ['*'],
  ],
  [
    'an empty nonce begins anew',
    started(['a'], 'n1'),
    { ...EDS, resourceNames: ['b'] },
    { kind: 'first', added: ['b'] },
    ['b'],
  ],
  ['ACK', started(['*'], 'n1'), { ...CDS, responseNonce: 'n1' }, { kind: 'ack', nonce: 'n1' }, ['*']],
  [
    'NACK',
    started(['*'], 'n1'),
    { ...CDS, responseNonce: 'n1', error: 'no' },
    { kind: 'nack', nonce: 'n1', error: 'no' },
    ['*'],
  ],
  [
    'stale nonce',
    started(['a'], 'n1', 'n2'),
    { ...EDS, responseNonce: 'n1', resourceNames: ['b'] },
    { kind: 'stale', added: [] },
    ['a'],
  ],
  [
    'foreign nonce',
    started(['a'], 'n1'),
    { ...EDS, responseNonce: 'x', resourceNames: ['b'] },
    { kind: 'stale' },
    ['a'],
  ],
  [
    'ACK with more names',
    started(['a'], 'n1'),
    { ...EDS, responseNonce: 'n1', resourceNames: ['a', 'b'] },
    { kind: 'ack', added: ['b'], removed: [] },
    ['a', 'b'],
  ],
  [
    'more names',
    answered(started(['a'], 'n1')),
    { ...EDS, responseNonce: 'n1', resourceNames: ['a', 'b'] },
    { kind: 'subscription', added: ['b'] },
    ['a', 'b'],
  ],
  [
    'fewer names',
    answered(started(['a', 'b'], 'n1')),
    { ...EDS, responseNonce: 'n1', resourceNames: ['b'] },
    { kind: 'subscription', removed: ['a'] },
    ['b'],
  ],
  [
    'no names any more',
    answered(started(['a'], 'n1')),
    { ...CDS, responseNonce: 'n1' },
    { kind: 'subscription', removed: ['a'] },
    [],
  ],
  [
    'from everything to names',
    answered(started(['*'], 'n1')),
    { ...CDS, responseNonce: 'n1', resourceNames: ['a'] },
    { kind: 'subscription', added: ['a'] },
    ['a'],
  ],
  [
    'names beside everything',
    answered(started(['*'], 'n1')),
    { ...CDS, responseNonce: 'n1', resourceNames: ['*', 'a'] },
    { kind: 'subscription', added: ['a'] },
    ['*', 'a'],
  ],
  [
    'the same again',
    answered(started(['a'], 'n1')),
    { ...EDS, responseNonce: 'n1', resourceNames: ['a'] },
    { kind: 'nothing' },
    ['a'],
  ],
];

const DELTA: readonly Case<DeltaRequest>[] = [
  ['first, everything', INITIAL_STATE, CDS, { kind: 'first', added: [] }, ['*']],
  [
    'first, everything by name',
    INITIAL_STATE,
    { ...CDS, subscribe: ['*'] },
    { kind: 'first', added: [] },
    ['*'],
  ],
  [
    'first, names',
    INITIAL_STATE,
    { ...EDS, subscribe: ['a', 'b'] },
    { kind: 'first', added: ['a', 'b'] },
    ['a', 'b'],
  ],
  ['first, no name of a type without wildcard', INITIAL_STATE, EDS, { kind: 'first' }, []],
  [
    'first with a nonce of another stream',
    INITIAL_STATE,
    { ...CDS, responseNonce: 'x' },
    { kind: 'first' },
    ['*'],
  ],
  ['ACK', started(['*'], 'n1'), { ...CDS, responseNonce: 'n1' }, { kind: 'ack', nonce: 'n1' }, ['*']],
  [
    'ACK of the older of two',
    started(['*'], 'n1', 'n2'),
    { ...CDS, responseNonce: 'n1' },
    { kind: 'ack', nonce: 'n1' },
    ['*'],
  ],
  [
    'NACK',
    started(['*'], 'n1'),
    { ...CDS, responseNonce: 'n1', error: 'no' },
    { kind: 'nack', nonce: 'n1', error: 'no' },
    ['*'],
  ],
  [
    'unknown nonce',
    started(['a'], 'n1'),
    { ...EDS, responseNonce: 'x' },
    { kind: 'stale', added: [] },
    ['a'],
  ],
  [
    'unknown nonce, yet the subscription counts',
    started(['a'], 'n1'),
    { ...EDS, responseNonce: 'x', subscribe: ['b'] },
    { kind: 'stale', added: ['b'] },
    ['a', 'b'],
  ],
  [
    'subscribe',
    started(['a'], 'n1'),
    { ...EDS, subscribe: ['b'] },
    { kind: 'subscription', added: ['b'] },
    ['a', 'b'],
  ],
  [
    'subscribe again: to be sent again',
    started(['a']),
    { ...EDS, subscribe: ['a'] },
    { kind: 'subscription', added: ['a'] },
    ['a'],
  ],
  [
    'unsubscribe',
    started(['a', 'b']),
    { ...EDS, unsubscribe: ['a'] },
    { kind: 'subscription', removed: ['a'] },
    ['b'],
  ],
  [
    'unsubscribe what was not subscribed',
    started(['a']),
    { ...EDS, unsubscribe: ['x'] },
    { kind: 'subscription', removed: ['x'] },
    ['a'],
  ],
  [
    'both at once: subscribed',
    started(['a']),
    { ...EDS, subscribe: ['a'], unsubscribe: ['a'] },
    { added: ['a'], removed: [] },
    ['a'],
  ],
  [
    'a name beside everything',
    started(['*']),
    { ...CDS, subscribe: ['x'] },
    { kind: 'subscription', added: ['x'] },
    ['*', 'x'],
  ],
  [
    'everything no more',
    started(['*', 'x']),
    { ...CDS, unsubscribe: ['*'] },
    { kind: 'subscription' },
    ['x'],
  ],
  ['nothing', started(['a']), EDS, { kind: 'nothing' }, ['a']],
];

describe('decideSotw', () => {
  it.each(SOTW)('%s', (_says, before, request, verdict, wants) => {
    const whole = {
      typeUrl: CLUSTER_TYPE,
      versionInfo: '',
      responseNonce: '',
      resourceNames: none,
      ...request,
    };
    const decision = decideSotw(before, whole);
    expect(decision.verdict).toMatchObject(verdict);
    expect(wantsOf(decision.state)).toEqual(wants);
    expect(decision.state.started).toBe(true);
  });
});

describe('decideDelta', () => {
  it.each(DELTA)('%s', (_says, before, request, verdict, wants) => {
    const whole = {
      typeUrl: CLUSTER_TYPE,
      responseNonce: '',
      subscribe: none,
      unsubscribe: none,
      ...request,
    };
    const decision = decideDelta(before, whole);
    expect(decision.verdict).toMatchObject(verdict);
    expect(wantsOf(decision.state)).toEqual(wants);
    expect(decision.state.started).toBe(true);
  });
});
