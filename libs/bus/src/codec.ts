import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { MeshError } from '@quintet/runtime';

/** The bytes of a message. */
export function encode<S extends DescMessage>(schema: S, message: MessageInitShape<S>): Uint8Array {
  return toBinary(schema, create(schema, message));
}

/** The message of bytes that somebody else made; throws `invalid_argument` when they are not one. */
export function decode<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    throw new MeshError('invalid_argument', `not a ${schema.typeName}`, { cause });
  }
}
