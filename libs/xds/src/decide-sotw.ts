import type { Decision, ProtocolState, Subscription, Verdict } from './subscription.ts';
import { isWildcardType } from './type-urls.ts';

/** The fields of a state-of-the-world `DiscoveryRequest` that decide. */
export type SotwRequest = {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly responseNonce: string;
  readonly resourceNames: readonly string[];
  /** The message of `error_detail`; absent when the response was taken. */
  readonly error?: string;
};

/**
 * Decides what a state-of-the-world request means, for every type alike.
 * An empty nonce is a first request, whatever version it carries: a reconnecting client names its old one.
 * A nonce that is not the newest is stale: the client will answer the newest too, with its whole subscription.
 */
export function decideSotw(state: ProtocolState, request: SotwRequest): Decision {
  const before = state.started ? state.subscription : undefined;
  if (!state.started || request.responseNonce === '') {
    const subscription = subscriptionOf(request, undefined);
    const verdict: Verdict = { kind: 'first', added: [...subscription.names], removed: [] };
    return { state: { ...state, started: true, subscription, unanswered: [] }, verdict };
  }
  if (request.responseNonce !== state.lastNonce) {
    return { state, verdict: { kind: 'stale', added: [], removed: [] } };
  }
  const subscription = subscriptionOf(request, before);
  const change = difference(state.subscription, subscription);
  const next = { ...state, subscription: change.same ? state.subscription : subscription, unanswered: [] };
  return { state: next, verdict: { ...answerOf(state, request, change.same), ...change.names } };
}

function answerOf(
  state: ProtocolState,
  request: SotwRequest,
  same: boolean,
): Pick<Verdict, 'kind' | 'nonce' | 'error'> {
  const { responseNonce: nonce, error } = request;
  if (!state.unanswered.includes(nonce)) return { kind: same ? 'nothing' : 'subscription' };
  return error === undefined ? { kind: 'ack', nonce } : { kind: 'nack', nonce, error };
}

/** No names mean everything, for types that allow it, until the client has named something on this stream. */
function subscriptionOf(request: SotwRequest, before: Subscription | undefined): Subscription {
  const names = new Set(request.resourceNames);
  const star = names.delete('*');
  const namedNothingYet = before === undefined || (before.wildcard && before.names.size === 0);
  const legacy = names.size === 0 && namedNothingYet && isWildcardType(request.typeUrl);
  return { wildcard: star || legacy, names };
}

function difference(before: Subscription, after: Subscription) {
  const added = [...after.names].filter((name) => !before.names.has(name));
  const removed = [...before.names].filter((name) => !after.names.has(name));
  const same = added.length === 0 && removed.length === 0 && before.wildcard === after.wildcard;
  return { same, names: { added, removed } };
}
