/** What a stream wants of one type. */
export type Subscription = {
  /** Everything there is, beside the names. */
  readonly wildcard: boolean;
  readonly names: ReadonlySet<string>;
};

export const NO_SUBSCRIPTION: Subscription = { wildcard: false, names: new Set() };

/** Where one type of one stream stands in the protocol. */
export type ProtocolState = {
  /** False until the first request of the type. */
  readonly started: boolean;
  readonly subscription: Subscription;
  /** Nonces sent and not answered, oldest first. */
  readonly unanswered: readonly string[];
  /** The nonce of the newest response; empty before the first. */
  readonly lastNonce: string;
};

export const INITIAL_STATE: ProtocolState = {
  started: false,
  subscription: NO_SUBSCRIPTION,
  unanswered: [],
  lastNonce: '',
};

/**
 * What a request means.
 * - `first`: the client begins with this type (again, after a reconnect): it is sent all it subscribes to
 * - `ack`, `nack`: an answer to the response `nonce`
 * - `subscription`: a change of the subscription alone
 * - `stale`: an answer to a response that is no longer of interest; of a state-of-the-world request nothing counts
 * - `nothing`: neither an answer nor a change
 *
 * `added` are names to be sent even if they were sent before; `removed` are names no longer wanted.
 */
export type Verdict = {
  readonly kind: 'first' | 'ack' | 'nack' | 'subscription' | 'stale' | 'nothing';
  /** The response answered, with `ack` and `nack`. */
  readonly nonce?: string;
  /** What the client says is wrong, with `nack`. */
  readonly error?: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
};

export type Decision = { readonly state: ProtocolState; readonly verdict: Verdict };

/** The state after a response went out; of unanswered ones at most `limit` are remembered. */
export function afterSend(state: ProtocolState, nonce: string, limit: number): ProtocolState {
  return { ...state, lastNonce: nonce, unanswered: [...state.unanswered, nonce].slice(-limit) };
}

/** Whether a resource of that name is wanted. */
export function wants(subscription: Subscription, name: string): boolean {
  return subscription.wildcard || subscription.names.has(name);
}
