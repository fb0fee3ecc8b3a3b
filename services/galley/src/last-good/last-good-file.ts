import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { fromResource, resourceName, toResource } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { type CollectionSchema, SnapshotSchema } from '@quintet/proto/quintet/snapshot/v1/snapshot_pb.js';
import type { Log } from '@quintet/runtime';

/** Keeps the objects handed out last, so that a held object survives a restart. */
export type LastGood = {
  /** What was kept; empty when there is nothing or nothing readable. */
  read(): Promise<readonly ConfigObject[]>;
  /** Keeps these objects. Calls while one is being written are joined; failures are logged. */
  keep(objects: readonly ConfigObject[]): void;
  /** Resolves when everything is written. */
  flush(): Promise<void>;
};

const FILE = 'last-good.binpb';

/** Keeps the objects in a file of `directory`, which is made with mode 0700. */
export function createLastGoodFile(options: { readonly directory: string; readonly log: Log }): LastGood {
  const { directory, log } = options;
  const path = join(directory, FILE);
  let next: readonly ConfigObject[] | undefined;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (next !== undefined) {
      const objects = next;
      next = undefined;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(`${path}.new`, encode(objects), { mode: 0o600 });
        await rename(`${path}.new`, path);
      } catch (error) {
        log.warn({ err: error, path }, 'the last good objects cannot be kept');
      }
    }
    writing = undefined;
  };
  return {
    async read() {
      try {
        return decode(await readFile(path), log);
      } catch (error) {
        const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        if (!missing) log.warn({ err: error, path }, 'the last good objects cannot be read');
        return [];
      }
    },
    keep(objects) {
      next = objects;
      writing ??= write();
    },
    flush: async () => writing,
  };
}

function encode(objects: readonly ConfigObject[]): Uint8Array {
  const collections: Record<string, MessageInitShape<typeof CollectionSchema>> = {};
  for (const [collection, group] of Map.groupBy(objects, (object) => object.collection)) {
    const resources = group.map((object) => ({
      name: resourceName(object),
      version: object.version,
      resource: toBinary(ResourceSchema, toResource(object)),
    }));
    collections[collection] = { resources };
  }
  return toBinary(SnapshotSchema, create(SnapshotSchema, { signer: 'galley', collections }));
}

function decode(bytes: Uint8Array, log: Log): ConfigObject[] {
  const { collections } = fromBinary(SnapshotSchema, bytes);
  return Object.entries(collections).flatMap(([collection, { resources }]) =>
    resources.flatMap(({ name, resource }) => {
      try {
        return [fromResource(collection, fromBinary(ResourceSchema, resource))];
      } catch (error) {
        log.warn({ err: error, collection, name }, 'a last good object cannot be read');
        return [];
      }
    }),
  );
}
