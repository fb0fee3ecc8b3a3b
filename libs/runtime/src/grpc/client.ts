import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  ChannelCredentials,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  type CallOptions as GrpcCallOptions,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { inSpan } from '../tracing/span.ts';
import { grpcTarget } from './address.ts';
import { type WireMethod, wireMethod } from './codec.ts';
import type { CallOptions, ServiceClient } from './service-types.ts';
import { meshErrorOf } from './status.ts';
import { untilAborted } from './until-aborted.ts';

export type ChannelOptions = {
  /** `tcp://host:port`, `host:port` or `unix:///path`. */
  readonly address: string;
  /** Plaintext unless given: see `ServiceIdentity.channelCredentials`. */
  readonly credentials?: ChannelCredentials;
  /** Largest response, bytes; 4 MiB unless given. */
  readonly maxReceiveBytes?: number;
  /**
   * How much the server may send before it is told that there is room, bytes, for one stream and for all together;
   * HTTP/2's 64 KiB unless given. Worth setting where single messages are large.
   */
  readonly windowBytes?: number;
  /** The `:authority` of calls, where it is not the address. */
  readonly authority?: string;
};

/** A connection to one address, made when needed and made again when lost. To be closed by its owner. */
export type Channel = { readonly address: string; readonly client: Client; close(): void };

const UNARY_TIMEOUT_MS = 30_000;

/** TLS knows no server name that is an address (RFC 6066); who the server is says its SPIFFE id, not this. */
const NAME_OF_NUMERIC = 'mesh.invalid';

/** Opens a channel; nothing is sent before the first call. */
export function createChannel(options: ChannelOptions): Channel {
  const credentials = options.credentials ?? ChannelCredentials.createInsecure();
  const target = grpcTarget(options.address);
  const client = new Client(target, credentials, {
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? 4 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 20_000,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 5_000,
    // A channel of its own, so that its certificates are its own.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    ...(options.windowBytes === undefined ? {} : { 'grpc-node.flow_control_window': options.windowBytes }),
    ...(isNumeric(target) ? { 'grpc.ssl_target_name_override': NAME_OF_NUMERIC } : {}),
    ...(options.authority === undefined ? {} : { 'grpc.default_authority': options.authority }),
  });
  return { address: options.address, client, close: () => client.close() };
}

function isNumeric(target: string): boolean {
  return /^(\[|[0-9.]+:)/.test(target);
}

/** A service as functions. Failures are MeshErrors with the gRPC error as their cause. */
export function createClient<S extends DescService>(service: S, channel: Channel): ServiceClient<S> {
  const methods: Record<string, unknown> = {};
  for (const method of service.methods) {
    methods[method.localName] = callable(method, { channel, wire: wireMethod(service, method) });
  }
  // Each entry is made by its method's kind, which is what ServiceClient says about it.
  return methods as ServiceClient<S>;
}

type Target = { readonly channel: Channel; readonly wire: WireMethod };

function callable(method: DescMethod, target: Target): unknown {
  switch (method.methodKind) {
    case 'unary':
      return (request: unknown, options: CallOptions = {}) => callUnary(target, request, options);
    case 'client_streaming':
      return (requests: AsyncIterable<unknown>, options: CallOptions = {}) =>
        callClientStreaming(target, requests, options);
    case 'server_streaming':
      return (request: unknown, options: CallOptions = {}) => callServerStreaming(target, request, options);
    case 'bidi_streaming':
      return (requests: AsyncIterable<unknown>, options: CallOptions = {}) =>
        callBidiStreaming(target, requests, options);
  }
}

function grpcOptions(options: CallOptions, defaultTimeoutMs?: number): GrpcCallOptions {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

/** Cancels the call when the signal is aborted; returns what undoes that. */
function cancelOn(signal: AbortSignal | undefined, cancel: () => void): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) queueMicrotask(cancel);
  signal.addEventListener('abort', cancel, { once: true });
  return () => signal.removeEventListener('abort', cancel);
}

function failure({ channel, wire }: Target, error: ServiceError) {
  return meshErrorOf(error, `${wire.path} at ${channel.address}`);
}

function callUnary(target: Target, request: unknown, options: CallOptions): Promise<unknown> {
  const metadata = options.metadata?.clone() ?? new Metadata();
  return inSpan({ method: target.wire.path, kind: 'client', metadata }, () =>
    sendUnary(target, request, { ...options, metadata }),
  );
}

function sendUnary(
  target: Target,
  request: unknown,
  options: CallOptions & { readonly metadata: Metadata },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = target.wire;
    const call = target.channel.client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      options.metadata,
      grpcOptions(options, UNARY_TIMEOUT_MS),
      (error, response) => {
        release();
        if (error === null) resolve(response);
        else reject(failure(target, error));
      },
    );
    const release = cancelOn(options.signal, () => call.cancel());
  });
}

function callClientStreaming(target: Target, requests: AsyncIterable<unknown>, options: CallOptions) {
  return new Promise<unknown>((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = target.wire;
    const call = target.channel.client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      options.metadata ?? new Metadata(),
      grpcOptions(options),
      (error, response) => {
        release();
        if (error === null) resolve(response);
        else reject(failure(target, error));
      },
    );
    const release = cancelOn(options.signal, () => call.cancel());
    void writeRequests(call, requests).catch(reject);
  });
}

async function* callServerStreaming(target: Target, request: unknown, options: CallOptions) {
  const { path, requestSerialize, responseDeserialize } = target.wire;
  const call = target.channel.client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    options.metadata ?? new Metadata(),
    grpcOptions(options),
  );
  yield* readResponses(target, call, options);
}

async function* callBidiStreaming(target: Target, requests: AsyncIterable<unknown>, options: CallOptions) {
  const { path, requestSerialize, responseDeserialize } = target.wire;
  const call = target.channel.client.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    options.metadata ?? new Metadata(),
    grpcOptions(options),
  );
  let broken: { readonly error: unknown } | undefined;
  void writeRequests(call, requests).catch((error: unknown) => {
    broken = { error };
    call.cancel();
  });
  try {
    yield* readResponses(target, call, options);
  } catch (error) {
    throw broken === undefined ? error : broken.error;
  }
}

type WritingCall = ClientWritableStream<unknown> | ClientDuplexStream<unknown, unknown>;

/** Sends requests as the transport takes them; stops when the call has ended. */
async function writeRequests(call: WritingCall, requests: AsyncIterable<unknown>): Promise<void> {
  const over = new AbortController();
  for (const end of ['close', 'error', 'status']) call.once(end, () => over.abort());
  try {
    for await (const request of untilAborted(requests, over.signal)) {
      if (!call.write(request)) await drained(call, over.signal);
    }
  } finally {
    call.end();
  }
}

function drained(call: WritingCall, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      call.off('drain', finish);
      over.removeEventListener('abort', finish);
      resolve();
    };
    call.once('drain', finish);
    over.addEventListener('abort', finish);
    if (over.aborted) finish();
  });
}

type ReadingCall = ClientReadableStream<unknown> | ClientDuplexStream<unknown, unknown>;

async function* readResponses(target: Target, call: ReadingCall, options: CallOptions) {
  const release = cancelOn(options.signal, () => call.cancel());
  try {
    for await (const response of call) yield response;
  } catch (error) {
    if (isServiceError(error)) throw failure(target, error);
    throw error;
  } finally {
    release();
    // A consumer that stops early must not leave the stream open on the other side.
    call.cancel();
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error;
}
