import type { Sources } from './types.ts';

/**
 * Who may do what on one listener's chain. Several plans stand one after the other, each must let a
 * request through: all `deny` plans before the `allow` ones.
 */
export type AccessPlan = {
  readonly action: 'allow' | 'deny';
  /** A request is matched when any policy matches; `allow` without policies refuses everything. */
  readonly policies: readonly AccessPolicy[];
  readonly sources: Sources;
};

export type AccessPolicy = {
  /** `ns[<namespace>]-policy[<name>]-rule[<index>]`, as operators know it from logs. */
  readonly name: string;
  /** What is asked for. */
  readonly operation: Condition;
  /** Who asks. */
  readonly source: Condition;
};

/** A tree over facts of a connection or request. Header, path, method, host and claims exist for HTTP only. */
export type Condition =
  | { readonly kind: 'always' }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /** The peer's identity without `spiffe://`, as `cluster.local/ns/default/sa/reviews`. */
  | { readonly kind: 'principal'; readonly match: TextMatch }
  | { readonly kind: 'namespace'; readonly match: TextMatch }
  | { readonly kind: 'source-ip'; readonly range: string }
  | { readonly kind: 'destination-ip'; readonly range: string }
  | { readonly kind: 'destination-port'; readonly port: number }
  | { readonly kind: 'server-name'; readonly match: TextMatch }
  | { readonly kind: 'host'; readonly match: TextMatch }
  | { readonly kind: 'method'; readonly match: TextMatch }
  | { readonly kind: 'path'; readonly match: TextMatch }
  | { readonly kind: 'header'; readonly name: string; readonly match: TextMatch };

/** `present`: any value that is not empty. Regular expressions have RE2 semantics and match the whole text. */
export type TextMatch =
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'prefix'; readonly value: string }
  | { readonly kind: 'suffix'; readonly value: string }
  | { readonly kind: 'regex'; readonly value: string }
  | { readonly kind: 'present' };
