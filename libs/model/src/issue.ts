/**
 * A user's mistake or a finding about configuration: a value, collected, never thrown.
 * The webhook, the command line, status and events all show the same issues.
 */
export type Issue = {
  /** A code of the table in `issue-codes.ts`, e.g. `IST0106`. */
  readonly code: string;
  readonly severity: Severity;
  /** The object the issue is about; absent for a file that holds no readable object. */
  readonly resource?: ResourceRef;
  /** Where in the object: `spec.http[0].route[1].weight`; empty for the object as a whole. */
  readonly path: string;
  /** One sentence: what was found and what is expected. */
  readonly message: string;
  /** File and line, when the object came from a file. */
  readonly origin?: Origin;
};

export type Severity = 'error' | 'warning' | 'info';

/** Names one configuration object. */
export type ResourceRef = {
  readonly kind: string;
  /** Empty for objects of cluster scope. */
  readonly namespace: string;
  readonly name: string;
};

/** A place in a file; `line` counts from 1. */
export type Origin = { readonly file: string; readonly line: number };
