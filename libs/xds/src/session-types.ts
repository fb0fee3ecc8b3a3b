import type { Form } from './type-channel.ts';
import type { Need, WireResource } from './wire-set.ts';

/** A request of either form, as the session reads it. */
export type SessionRequest = {
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly error?: string;
  /** State of the world. */
  readonly versionInfo?: string;
  readonly resourceNames?: readonly string[];
  /** Incremental. */
  readonly subscribe?: readonly string[];
  readonly unsubscribe?: readonly string[];
  /** Versions by name that a reconnecting client holds. */
  readonly initialVersions?: Readonly<Record<string, string>>;
};

/** A response to be framed and written. */
export type SessionResponse = {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly version: string;
  /** Everything, with state of the world of a type of which absence means deletion; else what is new. */
  readonly resources: readonly WireResource[];
  /** Incremental only. */
  readonly removals: readonly string[];
};

/** What happened on a stream, for logs, metrics, events and status. */
export type SessionEvent =
  | {
      readonly kind: 'sent';
      readonly typeUrl: string;
      readonly nonce: string;
      readonly version: string;
      readonly size: number;
    }
  | {
      readonly kind: 'acked';
      readonly typeUrl: string;
      readonly nonce: string;
      readonly version: string;
      readonly afterMs: number;
    }
  | {
      readonly kind: 'nacked';
      readonly typeUrl: string;
      readonly nonce: string;
      readonly version: string;
      readonly error: string;
      readonly blamed: readonly string[];
      readonly changed: readonly string[];
    }
  /** One resource was found to be what the client refuses. */
  | {
      readonly kind: 'refused';
      readonly typeUrl: string;
      readonly name: string;
      readonly version: string;
      readonly error: string;
    }
  | { readonly kind: 'stale'; readonly typeUrl: string; readonly nonce: string }
  /** The client did not get these ready in time; what names them goes out all the same. */
  | { readonly kind: 'overdue'; readonly needs: readonly Need[] };

/** What the caller has to do after each step. */
export type SessionOutput = {
  /** To be written in this order. */
  readonly responses: readonly SessionResponse[];
  readonly events: readonly SessionEvent[];
  /** When to call `tick` if nothing else happens before, on the caller's clock; absent when never. */
  readonly wakeAt: number | undefined;
};

/** Where one type of one stream stands, for status pages. */
export type TypeStatus = {
  readonly typeUrl: string;
  readonly sentNonce: string;
  readonly sentVersion: string;
  readonly ackedNonce: string;
  readonly ackedVersion: string;
  /** Version of the newest set there is for the client; empty before the first. */
  readonly targetVersion: string;
  /** The client has accepted all it wants of the newest set in the version there, and holds nothing else. */
  readonly isCurrent: boolean;
  /** Resources told to the client. */
  readonly resources: number;
  /** The last refusal, until an acceptance follows. */
  readonly nack:
    | {
        readonly error: string;
        readonly nonce: string;
        readonly version: string;
        readonly blamed: readonly string[];
      }
    | undefined;
  /** Resources the client refuses in their wanted version, with its words. */
  readonly refused: readonly { readonly name: string; readonly version: string; readonly error: string }[];
  /** Names of resources that wait for, or are held back by, what they name. */
  readonly waiting: readonly string[];
  readonly heldBack: readonly string[];
};

export type SessionOptions = {
  readonly form: Form;
  /** How long anything waits for an acknowledgement, milliseconds; 5000 unless given. */
  readonly patienceMs?: number;
};
