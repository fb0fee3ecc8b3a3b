import { type ClientHttp2Session, constants } from 'node:http2';
import { ResourceSource } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';

/** How a stream ended: its gRPC status, and how many bytes came before. */
export type RawEnd = { readonly status: string; readonly message: string; readonly bytes: number };

/** Opens one stream of the source's service, writes messages without reading their meaning, and waits for its end. */
export function sendRaw(session: ClientHttp2Session, messages: readonly Uint8Array[]): Promise<RawEnd> {
  const { typeName, method } = ResourceSource;
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/${typeName}/${method.establishResourceStream.name}`,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  });
  const { promise, resolve, reject } = Promise.withResolvers<RawEnd>();
  let bytes = 0;
  const ended = (headers: Readonly<Record<string, unknown>>) => {
    const status = headers['grpc-status'];
    if (status === undefined) return;
    resolve({
      status: String(status),
      message: decodeURIComponent(String(headers['grpc-message'] ?? '')),
      bytes,
    });
  };
  stream.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
  });
  // A stream that ends before it said anything has its status among its headers.
  stream.on('response', ended);
  stream.on('trailers', ended);
  stream.on('error', reject);
  stream.on('close', () => reject(new Error('the stream closed without a status')));
  stream.end(Buffer.concat(messages.flatMap((message) => [prefixOf(message), message])));
  return promise;
}

/** Before every message of gRPC: not compressed, length. */
function prefixOf(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return prefix;
}
