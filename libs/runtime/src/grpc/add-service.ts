import type { DescMethod, DescService } from '@bufbuild/protobuf';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Server,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import type { Clock } from '../clock/clock.ts';
import { MeshError } from '../errors/mesh-error.ts';
import type { Log } from '../log/log.ts';
import type { AllowList } from '../tls/allow-list.ts';
import { identityOfCertificate, type PeerIdentity } from '../tls/peer-identity.ts';
import { inSpan } from '../tracing/span.ts';
import type { CallEnds } from './call-ends.ts';
import { wireMethod } from './codec.ts';
import { readRequests } from './read-requests.ts';
import type { CallContext, ServiceImpl } from './service-types.ts';
import { statusOf } from './status.ts';
import { writeResponses } from './write-responses.ts';

export type ServiceOptions = {
  /** Who may call: a certificate's SPIFFE id must be on the list. Without a list everybody may. */
  readonly allow?: AllowList;
};

/** What the handlers of a server share. */
export type ServingOptions = {
  readonly log: Log;
  readonly clock: Clock;
  /** Aborted when the server stops: streams end, then the sessions get GOAWAY. */
  readonly shutdown: AbortSignal;
  /** How long a reader may take nothing before its stream ends, milliseconds. */
  readonly slowReaderMs: number;
  /** Which calls ended before their handler did. */
  readonly ends: CallEnds;
  /** Told of each call that has ended. */
  readonly onCall?: (call: { method: string; code: status; seconds: number }) => void;
};

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

type AnyHandler = (input: unknown, context: CallContext) => unknown;

type Serving = ServingOptions & ServiceOptions & { readonly path: string; readonly handler: AnyHandler };

/** Registers a service's handlers on a server. A method without a handler answers UNIMPLEMENTED. */
export function addService<S extends DescService>(
  server: Server,
  service: S,
  impl: ServiceImpl<S>,
  options: ServingOptions & ServiceOptions,
): void {
  const definition: Record<string, ReturnType<typeof wireMethod>> = {};
  const handlers: Record<string, UntypedHandleCall> = {};
  for (const method of service.methods) {
    const wire = wireMethod(service, method);
    const handler = Reflect.get(impl, method.localName) as AnyHandler | undefined;
    if (handler === undefined) continue;
    definition[method.localName] = wire;
    handlers[method.localName] = handle(method, {
      ...options,
      path: wire.path,
      handler: (input, context) => handler.call(impl, input, context),
    });
  }
  // grpc-js does not take a service without methods; what is not registered answers UNIMPLEMENTED anyway.
  if (Object.keys(definition).length > 0) server.addService(definition, handlers);
}

function handle(method: DescMethod, serving: Serving): UntypedHandleCall {
  switch (method.methodKind) {
    case 'unary':
      return unary(serving);
    case 'client_streaming':
      return clientStreaming(serving);
    case 'server_streaming':
      return serverStreaming(serving);
    case 'bidi_streaming':
      return bidiStreaming(serving);
  }
}

function unary(serving: Serving): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    // A question that has been taken is answered, also while the server stops.
    const cancel = new AbortController();
    const onCancelled = (): void => cancel.abort();
    call.on('cancelled', onCancelled);
    const span = { method: serving.path, kind: 'server' as const, metadata: call.metadata };
    const work = () =>
      inSpan(span, async () => serving.handler(call.request, contextOf(call, serving, cancel.signal)));
    void settle(call, serving, work).then(({ value, error }) => {
      // The call is said to be cancelled when its stream closes after the answer, too.
      call.off('cancelled', onCancelled);
      if (error === undefined) callback(null, value);
      else callback(error);
    });
  };
}

function clientStreaming(serving: Serving): handleClientStreamingCall<unknown, unknown> {
  return (call, callback) => {
    const signal = streamSignal(call, serving);
    const work = async () => {
      const response = await serving.handler(readRequests(call, signal), contextOf(call, serving, signal));
      if (serving.shutdown.aborted) throw shuttingDown();
      return response;
    };
    void settle(call, serving, work).then(({ value, error }) =>
      error === undefined ? callback(null, value) : callback(error),
    );
  };
}

function serverStreaming(serving: Serving): handleServerStreamingCall<unknown, unknown> {
  return (call) => respond(call, serving, () => call.request);
}

function bidiStreaming(serving: Serving): handleBidiStreamingCall<unknown, unknown> {
  return (call) => respond(call, serving, (signal) => readRequests(call, signal));
}

type StreamingCall = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

function respond(call: StreamingCall, serving: Serving, input: (signal: AbortSignal) => unknown): void {
  const signal = streamSignal(call, serving);
  const work = async () => {
    const context = contextOf(call, serving, signal);
    const responses = serving.handler(input(signal), context) as AsyncIterable<unknown>;
    await writeResponses(call, responses, { ...serving, signal });
    if (serving.shutdown.aborted) throw shuttingDown();
  };
  void settle(call, serving, work).then(({ error }) => {
    if (error === undefined) call.end();
    else call.emit('error', error);
  });
}

function shuttingDown(): MeshError {
  return new MeshError('unavailable', 'the server is shutting down');
}

/** Aborted when the caller goes or the server stops. */
function streamSignal(call: AnyCall, serving: Serving): AbortSignal {
  const cancel = new AbortController();
  // One listener for four kinds of call: their own signatures of `on` cannot be called as a union.
  const emitter: NodeJS.EventEmitter = call;
  emitter.on('cancelled', () => cancel.abort());
  return AbortSignal.any([cancel.signal, serving.shutdown]);
}

function contextOf(call: AnyCall, serving: Serving, signal: AbortSignal): CallContext {
  const identity = identityOfCertificate(call.getAuthContext().sslPeerCertificate);
  if (serving.allow !== undefined) requireAllowed(serving.allow, identity);
  return { signal, metadata: call.metadata, peer: call.getPeer(), identity, method: serving.path };
}

/** Throws `unauthenticated` for nobody and `permission_denied` for somebody else. */
function requireAllowed(allow: AllowList, identity: PeerIdentity | undefined): void {
  if (identity === undefined) {
    throw new MeshError('unauthenticated', 'no client certificate with a SPIFFE id');
  }
  if (!allow.allows(identity.spiffeId)) {
    throw new MeshError('permission_denied', `${identity.spiffeId} is not on the list of allowed identities`);
  }
}

async function settle(call: AnyCall, serving: Serving, work: () => Promise<unknown>) {
  const start = serving.clock.monotonic();
  const done = (code: status) =>
    serving.onCall?.({
      method: serving.path,
      code: serving.ends.codeOf(call.metadata) ?? code,
      seconds: (serving.clock.monotonic() - start) / 1000,
    });
  try {
    const value = await work();
    done(status.OK);
    return { value };
  } catch (thrown) {
    const error = statusOf(thrown);
    if (error.code === status.PERMISSION_DENIED || error.code === status.UNAUTHENTICATED) {
      serving.log.warn({ method: serving.path, code: error.code, why: error.details }, 'caller refused');
    }
    if (error.code === status.INTERNAL) {
      serving.log.error({ err: thrown, method: serving.path }, 'a handler threw: this is a bug');
    }
    done(error.code);
    return { error };
  }
}
