import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { fromResource, resourceName, toResource } from '@quintet/mcp';
import type { ConfigObject } from '@quintet/model';
import { ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { SnapshotSchema, type StoredResourceSchema } from '@quintet/proto/quintet/snapshot/v1/snapshot_pb.js';
import { type Clock, createFailureLog, type Log, type Timer } from '@quintet/runtime';

/** Keeps the objects handed out last, so that a held object survives a restart. */
export type LastGood = {
  /** What was kept; empty when there is nothing or nothing readable. */
  read(): Promise<readonly ConfigObject[]>;
  /**
   * Keeps what `objects` gives when it is asked: a moment from now, and while changes go on at intervals, 5 s at most.
   * What cannot be written is tried again at such intervals. Failures are logged.
   */
  keep(objects: () => Iterable<ConfigObject>): void;
  /** Resolves when everything is written. */
  flush(): Promise<void>;
};

export type LastGoodOptions = {
  /** Made with mode 0700. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
};

const FILE = 'last-good.binpb';
/** What changed is handed out first, and what changes with it is written with it. */
const SOON_MS = 100;
/** Everything is written each time: between two times there are this many times what one took. */
const REST = 20;
const LONGEST_REST_MS = 5_000;
/** Objects that are encoded before others have a turn. */
const OBJECTS_AT_ONCE = 100;

/** Keeps the objects in a file. */
export function createLastGoodFile(options: LastGoodOptions): LastGood {
  const { directory, clock, log } = options;
  const path = join(directory, FILE);
  let next: (() => Iterable<ConfigObject>) | undefined;
  let timer: Timer | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  let restsUntil = 0;
  const failures = createFailureLog({
    ...{ log, clock },
    failing: 'the last good objects cannot be kept; trying again',
    recovered: 'the last good objects are kept again',
  });
  const write = async (): Promise<void> => {
    const asked = next;
    if (asked === undefined) return;
    const objects = [...asked()];
    next = undefined;
    isWriting = true;
    const began = clock.monotonic();
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.new`, await encode(objects), { mode: 0o600, flush: true });
      await rename(`${path}.new`, path);
      failures.succeeded({ path });
      const now = clock.monotonic();
      restsUntil = now + Math.min(LONGEST_REST_MS, REST * (now - began));
    } catch (error) {
      failures.failed(error, { path });
      next ??= asked;
      restsUntil = clock.monotonic() + LONGEST_REST_MS;
    }
    isWriting = false;
    plan();
  };
  const plan = (): void => {
    if (next === undefined || isWriting || timer !== undefined) return;
    timer = clock.after(Math.max(SOON_MS, restsUntil - clock.monotonic()), () => void flush());
  };
  const flush = (): Promise<void> => {
    timer?.cancel();
    timer = undefined;
    writing = writing.then(write);
    return writing;
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
      plan();
    },
    flush,
  };
}

async function encode(objects: readonly ConfigObject[]): Promise<Uint8Array> {
  const collections: Record<string, { resources: MessageInitShape<typeof StoredResourceSchema>[] }> = {};
  for (const [index, object] of objects.entries()) {
    if (index % OBJECTS_AT_ONCE === OBJECTS_AT_ONCE - 1) await setImmediate();
    collections[object.collection] ??= { resources: [] };
    collections[object.collection]?.resources.push({
      name: resourceName(object),
      version: object.version,
      resource: toBinary(ResourceSchema, toResource(object)),
    });
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
