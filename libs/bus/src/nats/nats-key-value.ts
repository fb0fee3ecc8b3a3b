import { errorText, MeshError } from '@quintet/runtime';
import { type KV, NatsError } from 'nats';
import type { KeyValue } from '../bus.ts';
import { decodeKey, encodeKey } from '../subject-name.ts';
import type { StoreRow } from '../subjects.ts';
import type { Connection } from './connection.ts';

/** JetStream's error for a publish whose expected last sequence was not the last. */
const WRONG_LAST_SEQUENCE = 10071;

/** A bucket over JetStream; made when first used, by whoever comes first. */
export function createNatsKeyValue(connection: Connection, row: StoreRow): KeyValue {
  const open = (): Promise<KV> =>
    attempt(row, async () => {
      const js = connection.require().jetstream({ checkAPI: false });
      return js.views.kv(row.name, { history: 1, max_bytes: row.maxBytes });
    });
  const use = <T>(work: (kv: KV) => Promise<T>): Promise<T> => attempt(row, async () => work(await open()));
  return {
    get: (key) =>
      use(async (kv) => {
        const entry = await kv.get(encodeKey(key));
        if (entry === null || entry.operation !== 'PUT') return undefined;
        return { key, value: entry.value, revision: entry.revision };
      }),
    put: (key, value) => use((kv) => kv.put(encodeKey(key), value)),
    update: (key, value, revision) =>
      use((kv) =>
        revision === 0 ? kv.create(encodeKey(key), value) : kv.update(encodeKey(key), value, revision),
      ),
    delete: (key) => use((kv) => kv.delete(encodeKey(key))),
    watch: (onChange) =>
      use(async (kv) => {
        const changes = await kv.watch();
        void (async () => {
          for await (const entry of changes) {
            const value = entry.operation === 'PUT' ? entry.value : undefined;
            onChange({ key: decodeKey(entry.key), value, revision: entry.revision });
          }
        })();
        return { stop: () => changes.stop() };
      }),
  };
}

async function attempt<T>(row: StoreRow, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MeshError) throw error;
    if (error instanceof NatsError && error.api_error?.err_code === WRONG_LAST_SEQUENCE) {
      throw new MeshError('aborted', `${row.name}: somebody else was faster`, { cause: error });
    }
    throw new MeshError('unavailable', `${row.name}: ${errorText(error)}`, { cause: error });
  }
}
