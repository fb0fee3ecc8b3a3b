import type { Node } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import type { MeshErrorCode } from '@quintet/runtime';
import type { WireSet } from './wire-set.ts';

/** Who asks: the first request of a stream and what the transport knows of its sender. */
export type Peer = {
  readonly node: Node;
  /** SPIFFE id of the client certificate; absent where the transport authenticates nobody. */
  readonly spiffeId: string | undefined;
  /** First value of a request header, lower-case name, e.g. `authorization`. */
  readonly header: (name: string) => string | undefined;
  /** Host and port of the other end, for logs. */
  readonly address: string;
};

/** The answer to a peer that gets nothing: a code and a sentence for its log. */
export type Refusal = { readonly refused: { readonly code: MeshErrorCode; readonly message: string } };

/** What one stream is fed from, from its first request until it ends. */
export type Attachment = {
  /** The newest complete set, or nothing while there is none: then nothing is sent. Cheap when unchanged. */
  readonly current: () => WireSet | undefined;
  /** Calls back whenever `current` may answer anew; the stream asks when it is ready. Returns the end of it. */
  readonly subscribe: (changed: () => void) => () => void;
  /** The stream ended. */
  readonly close?: () => void;
};

/** Where the server takes resources from. The server knows nothing of their content. */
export type Source = {
  readonly attach: (peer: Peer) => Promise<Attachment | Refusal> | Attachment | Refusal;
};
