import { create, fromBinary } from '@bufbuild/protobuf';
import { AnySchema, anyUnpack } from '@bufbuild/protobuf/wkt';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { describe, expect, it } from 'vitest';
import { packResource, versionOf, wireType } from './pack.ts';

const opaque = (text: string) => ({
  typeUrl: 'type.googleapis.com/x.Y',
  value: new TextEncoder().encode(text),
});

function cluster(order: readonly string[]) {
  const pick = <T>(of: (key: string) => T) => Object.fromEntries(order.map((key) => [key, of(key)]));
  return create(ClusterSchema, {
    name: 'c',
    typedExtensionProtocolOptions: pick(opaque),
    metadata: {
      filterMetadata: pick((key) => ({ ...pick(() => key), inner: [pick(() => ({ ...pick(() => 1) }))] })),
    },
    lbSubsetConfig: { defaultSubset: pick((key) => key) },
  });
}

describe('packResource', () => {
  it('gives the same bytes whatever order maps and structs were filled in', () => {
    const one = packResource({ schema: ClusterSchema, message: cluster(['a', 'b', 'c']), name: 'c' });
    const two = packResource({ schema: ClusterSchema, message: cluster(['c', 'a', 'b']), name: 'c' });
    expect(two.bytes).toEqual(one.bytes);
    expect(two.version).toBe(one.version);
  });

  it('encodes an Any that unpacks to the message', () => {
    const message = cluster(['b', 'a']);
    const packed = packResource({ schema: ClusterSchema, message, name: 'c' });
    expect(anyUnpack(fromBinary(AnySchema, packed.bytes), ClusterSchema)).toEqual(message);
  });

  it('mixes a foreign version into the version and not into the bytes', () => {
    const plain = packResource({ schema: ClusterSchema, message: cluster(['a']), name: 'c' });
    const mixed = packResource({ schema: ClusterSchema, message: cluster(['a']), name: 'c', mix: 'v1' });
    expect(mixed.bytes).toEqual(plain.bytes);
    expect(mixed.version).not.toBe(plain.version);
  });
});

describe('wireType', () => {
  it('has a version that depends on content, not on order', () => {
    const [a, b] = ['a', 'b'].map((name) =>
      packResource({ schema: ClusterSchema, message: create(ClusterSchema, { name }), name }),
    );
    if (a === undefined || b === undefined) throw new Error('unreachable');
    expect(wireType([a, b]).version).toBe(wireType([b, a]).version);
    expect(wireType([a, b]).version).not.toBe(wireType([a]).version);
    expect(wireType([a]).version).toBe(versionOf([a]));
  });
});
