import { create, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import type { Any } from '@bufbuild/protobuf/wkt';
import { packAny } from '@quintet/xds';

/** Some fields of a message, to be spread into a larger one. */
export type Fields<Desc extends DescMessage> = Exclude<MessageInitShape<Desc>, MessageShape<Desc>>;

/** A message of any type inside its envelope, as Envoy's `typed_config` wants it; equal messages give equal bytes. */
export function packed<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Any {
  return packAny(schema, create(schema, init));
}
