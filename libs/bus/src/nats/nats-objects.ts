import { errorText, MeshError } from '@quintet/runtime';
import type { ObjectStore as NatsObjectStore } from 'nats';
import type { ObjectStore } from '../bus.ts';
import type { StoreRow } from '../subjects.ts';
import type { Connection } from './connection.ts';

/** An object store over JetStream; made when first used, by whoever comes first. */
export function createNatsObjects(connection: Connection, row: StoreRow): ObjectStore {
  const use = async <T>(work: (store: NatsObjectStore) => Promise<T>): Promise<T> => {
    try {
      const js = connection.require().jetstream({ checkAPI: false });
      return await work(await js.views.os(row.name, { max_bytes: row.maxBytes }));
    } catch (error) {
      if (error instanceof MeshError) throw error;
      throw new MeshError('unavailable', `${row.name}: ${errorText(error)}`, { cause: error });
    }
  };
  return {
    put: (name, bytes) => use(async (store) => void (await store.putBlob({ name }, bytes))),
    get: (name) => use(async (store) => (await store.getBlob(name)) ?? undefined),
  };
}
