import type { AccessPlan, TextMatch } from './access-types.ts';
import type { RouteContext } from './mixer-types.ts';
import type { Sources } from './types.ts';

/** A table of virtual hosts; `name` is what a listener asks for. */
export type RouteTablePlan = {
  readonly name: string;
  /** The port in a request's host does not count when choosing a virtual host. */
  readonly ignoresPort: boolean;
  /** Attributes of the proxy's side that every Check carries besides those of the route; empty without a Check. */
  readonly checkAttributes: Readonly<Record<string, string>>;
  /**
   * Who may send the requests that this table routes. It stands here and not with the listener so that a change of
   * policy holds for the next request of an open connection, and drains none.
   */
  readonly access: readonly AccessPlan[];
  readonly virtualHosts: readonly VirtualHostPlan[];
  readonly sources: Sources;
};

export type VirtualHostPlan = {
  /** Unique in its table. */
  readonly name: string;
  /** Unique over the whole table. */
  readonly domains: readonly string[];
  /** Requests in plaintext are redirected to https. */
  readonly requiresTls: boolean;
  /** First match wins. */
  readonly routes: readonly RoutePlan[];
  readonly sources: Sources;
};

export type RoutePlan = {
  readonly name: string;
  readonly match: RouteMatch;
  readonly action: ForwardAction | RedirectAction | AnswerAction;
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
  readonly fault?: FaultPlan;
  readonly cors?: CorsPlan;
  /** `<host>:<port><path>`, the name of the operation in traces. */
  readonly operation: string;
  readonly context: RouteContext;
  readonly sources: Sources;
};

export type RouteMatch = {
  readonly path: { readonly kind: 'exact' | 'prefix' | 'regex'; readonly value: string };
  readonly ignoreCase: boolean;
  /** All must match. Pseudo headers stand here too: `:method`, `:scheme`, `:authority`. */
  readonly headers: readonly { readonly name: string; readonly match: TextMatch; readonly invert: boolean }[];
  readonly queryParameters: readonly { readonly name: string; readonly match: TextMatch }[];
};

export type ForwardAction = {
  readonly kind: 'forward';
  /** At least one; weights matter only when there are several. */
  readonly targets: readonly WeightedTarget[];
  /** 0 means no limit. */
  readonly timeoutMs: number;
  readonly retry?: RetryPlan;
  readonly rewrite: {
    readonly prefix?: string;
    readonly regexRewrite?: { readonly pattern: string; readonly substitution: string };
    readonly host?: string;
  };
  readonly mirrors: readonly { readonly cluster: string; readonly percent: number }[];
  readonly hash: readonly HashPlan[];
};

export type WeightedTarget = {
  readonly cluster: string;
  readonly weight: number;
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
};

export type RedirectAction = {
  readonly kind: 'redirect';
  readonly path?: string;
  readonly host?: string;
  readonly code: 301 | 302 | 303 | 307 | 308;
};

/** Answered by the proxy itself. */
export type AnswerAction = { readonly kind: 'answer'; readonly status: number; readonly body: string };

/** `set` replaces, `add` appends; each sorted by name. */
export type HeaderOperations = {
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly add: readonly { readonly name: string; readonly value: string }[];
  readonly remove: readonly string[];
};

export type RetryPlan = {
  readonly attempts: number;
  /** Absent: the route's own timeout counts. */
  readonly perTryTimeoutMs?: number;
  /** Conditions by the proxy's names, e.g. `connect-failure`. */
  readonly conditions: readonly string[];
  readonly statusCodes: readonly number[];
  /** How often another host is looked for that has not been tried yet. */
  readonly otherHostAttempts: number;
};

export type FaultPlan = {
  readonly delay?: { readonly durationMs: number; readonly percent: number };
  readonly abort?: { readonly httpStatus: number; readonly percent: number };
};

export type CorsPlan = {
  readonly allowOrigins: readonly TextMatch[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly allowCredentials?: boolean;
};

export type HashPlan =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'cookie'; readonly name: string; readonly path: string; readonly ttlMs: number }
  | { readonly kind: 'source-ip' }
  | { readonly kind: 'query-parameter'; readonly name: string };
