import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type ConfigObject, kindByCollection } from '@quintet/model';
import { ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import {
  type CollectionSchema,
  type Snapshot,
  SnapshotSchema,
} from '@quintet/proto/quintet/snapshot/v1/snapshot_pb.js';
import { errorText, MeshError } from '@quintet/runtime';
import { fromResource } from '../resource.ts';
import { resourceBytes } from '../snapshots/encode.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';

export type StoredHeader = {
  /** Counts up with every snapshot of the mesh. */
  readonly sequence: bigint;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** The SPIFFE id that signs. */
  readonly signer: string;
};

/** One collection as it was stored. */
export type StoredCollection = {
  readonly collection: string;
  readonly version: string;
  readonly objects: readonly ConfigObject[];
};

/**
 * Everything that is handed out at this moment, as the content of a signed snapshot: sorted, so that equal content gives
 * equal bytes. Collections of which nothing was published are left away.
 */
export function encodeContent(snapshots: Snapshots, { sequence, takenAt, signer }: StoredHeader): Uint8Array {
  const collections: Record<string, MessageInitShape<typeof CollectionSchema>> = {};
  for (const name of [...snapshots.collections].sort()) {
    const snapshot = snapshots.get(name);
    if (snapshot === undefined) continue;
    const sorted = [...snapshot.resources.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    collections[name] = {
      version: snapshot.version,
      resources: sorted.map((resource) => ({
        name: resource.name,
        version: resource.version,
        resource: resourceBytes(resource.encoded),
      })),
    };
  }
  const content = { sequence, takenAt: timestampFromMs(takenAt), signer, collections };
  return toBinary(SnapshotSchema, create(SnapshotSchema, content));
}

/** Reads the content of a signed snapshot. Throws `invalid_argument` when it is none. */
export function decodeContent(bytes: Uint8Array): Snapshot {
  try {
    return fromBinary(SnapshotSchema, bytes);
  } catch (cause) {
    throw new MeshError('invalid_argument', 'the content is no snapshot', { cause });
  }
}

/**
 * The objects of a snapshot, of the collections asked for that it has. Throws `invalid_argument` naming the object that
 * cannot be read: a snapshot with a hole would look like a deletion.
 */
export function storedCollections(snapshot: Snapshot, collections: readonly string[]): StoredCollection[] {
  return collections.flatMap((collection) => {
    const stored = snapshot.collections[collection];
    if (stored === undefined || kindByCollection(collection) === undefined) return [];
    const objects = stored.resources.map(({ name, resource }) => readObject(collection, { name, resource }));
    return [{ collection, version: stored.version, objects }];
  });
}

function readObject(
  collection: string,
  { name, resource }: { readonly name: string; readonly resource: Uint8Array },
): ConfigObject {
  try {
    return fromResource(collection, fromBinary(ResourceSchema, resource));
  } catch (cause) {
    if (cause instanceof MeshError) throw cause;
    throw new MeshError('invalid_argument', `${collection} ${name}: ${errorText(cause)}`, { cause });
  }
}
