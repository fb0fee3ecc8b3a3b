import type { Decision, ProtocolState, Subscription, Verdict } from './subscription.ts';
import { isWildcardType } from './type-urls.ts';

/** The fields of a `DeltaDiscoveryRequest` that decide. */
export type DeltaRequest = {
  readonly typeUrl: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  readonly responseNonce: string;
  /** The message of `error_detail`; absent when the response was taken. */
  readonly error?: string;
};

/**
 * Decides what an incremental request means, for every type alike. The subscription counts whatever the nonce
 * says: the client will not repeat it. The versions a reconnecting client lists do not matter here: they say
 * what it holds, not what it wants.
 */
export function decideDelta(state: ProtocolState, request: DeltaRequest): Decision {
  const subscription = state.started ? changed(state.subscription, request) : firstSubscription(request);
  const names = {
    added: request.subscribe.filter((name) => name !== '*'),
    removed: request.unsubscribe.filter((name) => name !== '*' && !subscription.names.has(name)),
  };
  const kept = sameSubscription(state.subscription, subscription);
  const next = { ...state, started: true, subscription: kept ? state.subscription : subscription };
  if (!state.started) return { state: next, verdict: { kind: 'first', ...names } };
  const { responseNonce: nonce } = request;
  const silent = names.added.length === 0 && names.removed.length === 0 && kept;
  if (nonce === '') return { state: next, verdict: { kind: silent ? 'nothing' : 'subscription', ...names } };
  if (!state.unanswered.includes(nonce)) return { state: next, verdict: { kind: 'stale', ...names } };
  const unanswered = state.unanswered.filter((other) => other !== nonce);
  return { state: { ...next, unanswered }, verdict: { ...answerOf(request), ...names } };
}

function answerOf({ responseNonce: nonce, error }: DeltaRequest): Pick<Verdict, 'kind' | 'nonce' | 'error'> {
  return error === undefined ? { kind: 'ack', nonce } : { kind: 'nack', nonce, error };
}

/** A first request that names nothing means everything, for types that allow it. */
function firstSubscription(request: DeltaRequest): Subscription {
  const names = new Set(request.subscribe);
  const star = names.delete('*');
  return { wildcard: star || (names.size === 0 && isWildcardType(request.typeUrl)), names };
}

function changed(before: Subscription, request: DeltaRequest): Subscription {
  if (request.subscribe.length === 0 && request.unsubscribe.length === 0) return before;
  const names = new Set(before.names);
  for (const name of request.unsubscribe) names.delete(name);
  for (const name of request.subscribe) names.add(name);
  const star = names.delete('*');
  const wildcard = star || (before.wildcard && !request.unsubscribe.includes('*'));
  return { wildcard, names };
}

function sameSubscription(a: Subscription, b: Subscription): boolean {
  if (a === b) return true;
  return (
    a.wildcard === b.wildcard && a.names.size === b.names.size && [...a.names].every((n) => b.names.has(n))
  );
}
