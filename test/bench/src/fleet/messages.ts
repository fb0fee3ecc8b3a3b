/** What a fleet is told. */
export type FleetOrder =
  | { readonly kind: 'connect'; readonly address: string; readonly nodeIds: readonly string[] }
  /** Tell when every stream has had routes with these characters in them. */
  | { readonly kind: 'expect'; readonly mark: string };

/** What a fleet tells; times are milliseconds since 1970. */
export type FleetReport =
  | { readonly kind: 'full'; readonly at: number; readonly receivedBytes: number }
  | { readonly kind: 'marked'; readonly at: number; readonly receivedBytes: number }
  | { readonly kind: 'ended'; readonly reason: string };
