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
  readonly operation: Condition<OperationFact>;
  /** Who asks. */
  readonly source: Condition<SourceFact>;
};

/** Facts joined by "and", "or" and "not". `all` of nothing holds, `any` of nothing does not. */
export type Condition<Fact> = Junction<Fact> | Fact;

export type Junction<Fact> =
  | { readonly kind: 'always' }
  | { readonly kind: 'all'; readonly of: readonly Condition<Fact>[] }
  | { readonly kind: 'any'; readonly of: readonly Condition<Fact>[] }
  | { readonly kind: 'not'; readonly of: Condition<Fact> };

/** What is known of the one who asks. Headers exist for HTTP only. */
export type SourceFact =
  /** The peer's identity with `spiffe://`. */
  | { readonly kind: 'principal'; readonly match: TextMatch }
  /** The namespace in the peer's identity. */
  | { readonly kind: 'namespace'; readonly match: TextMatch }
  /** The address of the connection's other end. */
  | { readonly kind: 'source-ip'; readonly range: string }
  | { readonly kind: 'header'; readonly name: string; readonly match: TextMatch };

/** What is asked for. Host, method, path and headers exist for HTTP only. */
export type OperationFact =
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
