/** How a chain asks mixer for permission before it lets a request through. */
export type MixerCheck = {
  readonly cluster: string;
  /** The `:authority` of the call; a cluster name will not do, it has characters that servers refuse. */
  readonly authority: string;
  /** Let requests through when mixer does not answer. */
  readonly failOpen: boolean;
  readonly timeoutMs: number;
};

/** How a chain reports to mixer what happened. */
export type MixerReport = {
  readonly cluster: string;
  readonly authority: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** What a route adds to the attributes, and whether Check is asked for its requests. */
export type RouteContext = {
  readonly attributes: Readonly<Record<string, string>>;
  /** `skipped` where no Check rule can match: no call is made; `absent` where the listener has no Check at all. */
  readonly check: 'asked' | 'skipped' | 'absent';
};
