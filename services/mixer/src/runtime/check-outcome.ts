import type { Reference } from '@quintet/expr';

/** A change of a header, ready to be done. */
export type HeaderOperation = {
  readonly header: 'request' | 'response';
  readonly operation: 'replace' | 'remove' | 'append';
  readonly name: string;
  readonly value: string;
};

/** What all rules together say to a request. */
export type CheckOutcome = {
  /** A google.rpc code; 0 lets the request through. */
  readonly code: number;
  /** `handler1:message, handler2:message`. */
  readonly message: string;
  readonly validDurationMs: number;
  readonly validUseCount: number;
  /** The attributes that the outcome depends on. */
  readonly references: readonly Reference[];
  readonly headerOperations: readonly HeaderOperation[];
};

/** What is granted of a quota. */
export type QuotaOutcome = {
  readonly code: number;
  readonly message: string;
  readonly grantedAmount: number;
  readonly validDurationMs: number;
  readonly references: readonly Reference[];
};
