import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { SessionResponse } from './session-types.ts';
import type { Form } from './type-channel.ts';
import type { WireResource } from './wire-set.ts';

/** Field numbers of `envoy.service.discovery.v3` `DiscoveryResponse`, `DeltaDiscoveryResponse` and `Resource`. */
const VERSION = 1;
const RESOURCES = 2;
const TYPE_URL = 4;
const NONCE = 5;
const REMOVED = 6;
const RESOURCE = { version: 1, body: 2, name: 3 };

/**
 * Writes a response around resources that are encoded already; what differs from stream to stream is a few
 * dozen bytes. Written by hand because the encoder would have to be given the resources decoded.
 */
export function encodeResponse(form: Form, response: SessionResponse): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(VERSION, WireType.LengthDelimited).string(response.version);
  for (const resource of response.resources) {
    if (form === 'sotw') writer.tag(RESOURCES, WireType.LengthDelimited).bytes(resource.bytes);
    else writeDelta(writer, resource);
  }
  writer.tag(TYPE_URL, WireType.LengthDelimited).string(response.typeUrl);
  writer.tag(NONCE, WireType.LengthDelimited).string(response.nonce);
  for (const name of response.removals) writer.tag(REMOVED, WireType.LengthDelimited).string(name);
  return writer.finish();
}

function writeDelta(writer: BinaryWriter, { name, version, bytes }: WireResource): void {
  const head = new BinaryWriter();
  head.tag(RESOURCE.version, WireType.LengthDelimited).string(version);
  head.tag(RESOURCE.name, WireType.LengthDelimited).string(name);
  head.tag(RESOURCE.body, WireType.LengthDelimited).uint32(bytes.length);
  const start = head.finish();
  writer.tag(RESOURCES, WireType.LengthDelimited).uint32(start.length + bytes.length);
  writer.raw(start).raw(bytes);
}
