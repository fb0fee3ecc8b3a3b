import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type Resource, ResourcesSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';

/**
 * Protobuf messages that are written one after the other are read as one message. So a resource is encoded once, as a
 * `Resources` message that holds nothing else, a response is these put together behind a header, and each sink gets
 * the same bytes with its own nonce behind them.
 */
function encode(part: MessageInitShape<typeof ResourcesSchema>): Uint8Array {
  return toBinary(ResourcesSchema, create(ResourcesSchema, part));
}

/** A resource as a part of any response. */
export function encodeResource(resource: Resource): Uint8Array {
  return encode({ resources: [resource] });
}

export type ResponseParts = {
  readonly collection: string;
  readonly version: string;
  readonly incremental: boolean;
  /** Resources as `encodeResource` made them. */
  readonly resources: readonly Uint8Array[];
  readonly removed: readonly string[];
};

/** A response without nonce. */
export function encodeResponse(parts: ResponseParts): Uint8Array {
  const { collection, version, incremental, resources, removed } = parts;
  const header = encode({
    systemVersionInfo: version,
    collection,
    incremental,
    removedResources: [...removed],
  });
  return Buffer.concat([header, ...resources]);
}

/** The response for one sink. */
export function withNonce(response: Uint8Array, nonce: string): Uint8Array {
  return Buffer.concat([response, encode({ nonce })]);
}

/** The `Resource` message that `encodeResource` made a part of: without the field's tag and length. */
export function resourceBytes(encoded: Uint8Array): Uint8Array {
  const reader = new BinaryReader(encoded);
  reader.tag();
  return reader.bytes();
}
