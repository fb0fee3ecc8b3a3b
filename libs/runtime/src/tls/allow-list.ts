/** Says whether an identity may come in. */
export type AllowList = {
  readonly patterns: readonly string[];
  allows(spiffeId: string): boolean;
};

/**
 * A list of SPIFFE ids in which a star stands for one whole path segment or the trust domain, as in
 * `spiffe://cluster.local/ns/istio-system/sa/*`. Anything else is compared exactly: no pattern of a user
 * becomes a regular expression. An empty list allows nobody.
 */
export function createAllowList(patterns: readonly string[]): AllowList {
  const split = patterns.map((pattern) => pattern.split('/'));
  return {
    patterns,
    allows(spiffeId) {
      const segments = spiffeId.split('/');
      return split.some(
        (pattern) =>
          pattern.length === segments.length &&
          pattern.every((part, i) => part === segments[i] || (part === '*' && segments[i] !== '')),
      );
    },
  };
}
