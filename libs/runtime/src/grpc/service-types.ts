import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import type { Metadata } from '@grpc/grpc-js';
import type { PeerIdentity } from '../tls/peer-identity.ts';

/** What a handler knows about its call besides the request. */
export type CallContext = {
  /** Aborted when the caller has gone, the deadline has passed, or the server shuts down. */
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
  /** Address of the caller as `ip:port`, or `unix:`. */
  readonly peer: string;
  /** Who the caller's certificate says it is; undefined without one. */
  readonly identity: PeerIdentity | undefined;
  /** The full method name, `/package.Service/Method`. */
  readonly method: string;
};

/** A message whose bytes exist already: encoded once, sent to many. */
export type Encoded = { readonly encoded: Uint8Array };

type Response<M extends DescMethod> = MessageInitShape<M['output']> | Encoded;

/** The function that serves a method. */
export type Handler<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer _O>
    ? (request: MessageShape<I>, call: CallContext) => Promise<Response<M>>
    : M extends DescMethodServerStreaming<infer I, infer _O>
      ? (request: MessageShape<I>, call: CallContext) => AsyncIterable<Response<M>>
      : M extends DescMethodClientStreaming<infer I, infer _O>
        ? (requests: AsyncIterable<MessageShape<I>>, call: CallContext) => Promise<Response<M>>
        : M extends DescMethodBiDiStreaming<infer I, infer _O>
          ? (requests: AsyncIterable<MessageShape<I>>, call: CallContext) => AsyncIterable<Response<M>>
          : never;

/** A service's handlers; a method left out answers UNIMPLEMENTED. */
export type ServiceImpl<S extends DescService> = {
  readonly [K in keyof S['method']]?: Handler<S['method'][K]>;
};

export type CallOptions = {
  /** Ends the call with CANCELLED. */
  readonly signal?: AbortSignal;
  /** Milliseconds until the call ends with `deadline_exceeded`; without it a unary call has 30 s and a stream none. */
  readonly timeoutMs?: number;
  readonly metadata?: Metadata;
};

type Method<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (requests: AsyncIterable<MessageInitShape<I>>, options?: CallOptions) => Promise<MessageShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (
              requests: AsyncIterable<MessageInitShape<I> | Encoded>,
              options?: CallOptions,
            ) => AsyncIterable<MessageShape<O>>
          : never;

/** A service as its caller sees it. Failures are MeshErrors. */
export type ServiceClient<S extends DescService> = {
  readonly [K in keyof S['method']]: Method<S['method'][K]>;
};
