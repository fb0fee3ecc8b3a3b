import { create, fromBinary } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import {
  DeltaDiscoveryResponseSchema,
  DiscoveryResponseSchema,
} from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import { describe, expect, it } from 'vitest';
import { encodeResponse } from './frame.ts';
import { packResource } from './pack.ts';
import { CLUSTER_TYPE } from './type-urls.ts';

const messages = ['a', 'b'].map((name) => create(ClusterSchema, { name, altStatName: 'x'.repeat(300) }));
const resources = messages.map((message) =>
  packResource({ schema: ClusterSchema, message, name: message.name }),
);
const response = { typeUrl: CLUSTER_TYPE, nonce: 'n-1', version: 'v', resources, removals: [] };

describe('encodeResponse', () => {
  it('writes a state-of-the-world response', () => {
    const read = fromBinary(DiscoveryResponseSchema, encodeResponse('sotw', response));
    expect(read).toMatchObject({ versionInfo: 'v', typeUrl: CLUSTER_TYPE, nonce: 'n-1' });
    expect(read.resources.map((any) => anyUnpack(any, ClusterSchema))).toEqual(messages);
    expect(read.$unknown).toBeUndefined();
  });

  it('writes an incremental response', () => {
    const bytes = encodeResponse('delta', { ...response, removals: ['gone', 'too'] });
    const read = fromBinary(DeltaDiscoveryResponseSchema, bytes);
    expect(read).toMatchObject({ systemVersionInfo: 'v', typeUrl: CLUSTER_TYPE, nonce: 'n-1' });
    expect(read.removedResources).toEqual(['gone', 'too']);
    expect(read.resources.map(({ name, version }) => [name, version])).toEqual(
      resources.map(({ name, version }) => [name, version]),
    );
    expect(read.resources.map(({ resource }) => resource && anyUnpack(resource, ClusterSchema))).toEqual(
      messages,
    );
  });
});
