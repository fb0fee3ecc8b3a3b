import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { RequestResourcesSchema, ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';

/** A sink below gRPC, which does not do what it should. */
export type BrokenSink = {
  /** Settled when the first bytes of a response are there; no more are read then, unless it goes on `reading`. */
  readonly began: Promise<void>;
  /** Settled with the status (gRPC) when the source ends the stream, undefined when it just breaks. */
  readonly ended: Promise<string | undefined>;
  /** Breaks the connection. */
  die(): void;
};

/** Asks a source in plaintext for a collection, and acknowledges nothing. */
export function connectBrokenSink(options: {
  readonly address: string;
  readonly collection: string;
  /** Goes on reading after the first bytes. */
  readonly reading: boolean;
}): BrokenSink {
  const { address, collection, reading } = options;
  const session = connect(`http://${address}`);
  const stream = openStream(session, address);
  stream.write(requestFor(collection));
  const began = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string | undefined>();
  stream.on('data', () => {
    began.resolve();
    if (!reading) stream.pause();
  });
  stream.on('trailers', (trailers) => ended.resolve(String(trailers['grpc-status'])));
  stream.on('close', () => ended.resolve(undefined));
  const failed = (error: Error) => began.reject(error);
  session.on('error', failed);
  stream.on('error', failed);
  // Who waits for its end only does not ask for its beginning.
  began.promise.catch(() => undefined);
  return { began: began.promise, ended: ended.promise, die: () => session.destroy() };
}

function openStream(session: ClientHttp2Session, authority: string): ClientHttp2Stream {
  const { typeName, method } = ResourceSource;
  return session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/${typeName}/${method.establishResourceStream.name}`,
    [constants.HTTP2_HEADER_AUTHORITY]: authority,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  });
}

/** A message of gRPC: not compressed, length, bytes. */
function requestFor(collection: string): Buffer {
  const request = create(RequestResourcesSchema, { sinkNode: { id: 'broken' }, collection });
  const bytes = toBinary(RequestResourcesSchema, request);
  const frame = Buffer.alloc(5 + bytes.length);
  frame.writeUInt32BE(bytes.length, 1);
  frame.set(bytes, 5);
  return frame;
}
