import { MeshError } from '@quintet/runtime';
import type { KeyValue } from '../bus.ts';
import type { Principal } from '../principals.ts';
import type { StoreRow } from '../subjects.ts';
import type { Bucket } from './memory-hub.ts';

type Access = { readonly row: StoreRow; readonly principal: Principal; readonly requireUp: () => void };

/** A bucket in memory. */
export function createMemoryKeyValue(bucket: Bucket, { row, principal, requireUp }: Access): KeyValue {
  const write = (key: string, value: Uint8Array | undefined) => {
    if (!row.writers.includes(principal)) throw new MeshError('unavailable', `${row.name}: not permitted`);
    const revision = ++bucket.revision;
    if (value === undefined) bucket.entries.delete(key);
    else bucket.entries.set(key, { value: value.slice(), revision });
    for (const watcher of bucket.watchers) queueMicrotask(() => watcher(key, value, revision));
    return revision;
  };
  return {
    async get(key) {
      requireUp();
      const entry = bucket.entries.get(key);
      return entry === undefined ? undefined : { key, ...entry };
    },
    async put(key, value) {
      requireUp();
      return write(key, value);
    },
    async update(key, value, revision) {
      requireUp();
      if ((bucket.entries.get(key)?.revision ?? 0) !== revision) {
        throw new MeshError('aborted', `${row.name}: somebody else was faster`);
      }
      return write(key, value);
    },
    async delete(key) {
      requireUp();
      write(key, undefined);
    },
    async watch(onChange) {
      requireUp();
      for (const [key, { value, revision }] of bucket.entries)
        queueMicrotask(() => onChange({ key, value, revision }));
      const watcher = (key: string, value: Uint8Array | undefined, revision: number) =>
        onChange({ key, value, revision });
      bucket.watchers.add(watcher);
      return { stop: () => void bucket.watchers.delete(watcher) };
    },
  };
}
