import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import type { MethodDefinition } from '@grpc/grpc-js';
import type { Encoded } from './service-types.ts';

/** A method as grpc-js knows it, speaking protobuf-es messages. */
export type WireMethod = MethodDefinition<unknown, unknown>;

/** Messages are what the descriptors say on both ends, so the types are given by the callers of this file. */
export function wireMethod(service: DescService, method: DescMethod): WireMethod {
  return {
    path: `/${service.typeName}/${method.name}`,
    requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
    responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
    requestSerialize: (message) => encode(method.input, message),
    requestDeserialize: (bytes) => fromBinary(method.input, bytes),
    responseSerialize: (message) => encode(method.output, message),
    responseDeserialize: (bytes) => fromBinary(method.output, bytes),
  };
}

function encode<M extends DescMessage>(schema: M, message: unknown): Buffer {
  const bytes = isEncoded(message) ? message.encoded : toBinary(schema, toMessage(schema, message));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function toMessage<M extends DescMessage>(schema: M, message: unknown): MessageShape<M> {
  // The proto edge: what arrives here was typed by ServiceImpl or ServiceClient.
  return create(schema, message as MessageInitShape<M>);
}

function isEncoded(message: unknown): message is Encoded {
  return (
    typeof message === 'object' &&
    message !== null &&
    'encoded' in message &&
    !('$typeName' in message) &&
    message.encoded instanceof Uint8Array
  );
}
