/** How a chain asks mixer for permission before it lets a request through. */
export type MixerCheck = {
  readonly cluster: string;
  /** The `:authority` of the call; a cluster name will not do, it has characters that servers refuse. */
  readonly authority: string;
  /** Let requests through when mixer does not answer. */
  readonly failOpen: boolean;
  readonly timeoutMs: number;
  /** Attributes of the listener's side of the connection, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
};

/** How a chain reports to mixer what happened. */
export type MixerReport = {
  readonly cluster: string;
  readonly authority: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** What a route or virtual host adds to the attributes, and whether Check is asked at all. */
export type RouteContext = {
  readonly attributes: Readonly<Record<string, string>>;
  /** False where no Check rule can match: no call is made. */
  readonly check: boolean;
};
