import { type AllowList, type Certificates, errorText, type Log, MeshError } from '@quintet/runtime';
import { type StoredCollection, storedCollections } from './content.ts';
import { openSnapshot } from './signed.ts';

/** Where a sink gets its first configuration from when its source cannot be reached. */
export type SinkFallback = {
  /**
   * The collections asked for that are stored, or undefined when there is nothing usable. Never rejects: the source may
   * come any time.
   */
  load(collections: readonly string[]): Promise<readonly StoredCollection[] | undefined>;
};

export type StoredFallbackOptions = {
  /** Reads the signed snapshot; undefined when there is none. */
  readonly read: () => Promise<Uint8Array | undefined>;
  /** The reader's own certificates; undefined before the first. */
  readonly certificates: () => Certificates | undefined;
  /** SPIFFE ids that may sign. */
  readonly signers: AllowList;
  readonly now: () => number;
  readonly log: Log;
  /** Stored configuration was found and is not used. Told once for each reason. */
  readonly onIgnored: (reason: string) => void;
};

/** Stored configuration as fallback: verified, and never older than what was read before. */
export function createStoredFallback(options: StoredFallbackOptions): SinkFallback {
  const { read, certificates, signers, now, log, onIgnored } = options;
  const told = new Set<string>();
  let newest = 0n;
  const ignored = (reason: string): undefined => {
    if (told.has(reason)) return;
    told.add(reason);
    log.warn({ reason }, 'the stored configuration is not used');
    onIgnored(reason);
  };
  const open = async (collections: readonly string[]) => {
    const own = certificates();
    if (own === undefined) return undefined;
    const bytes = await read();
    if (bytes === undefined) return undefined;
    const snapshot = openSnapshot(bytes, { certificates: own, signers, now: now() });
    if (snapshot.sequence < newest) {
      return ignored(`number ${snapshot.sequence} is older than ${newest}, which was read before`);
    }
    newest = snapshot.sequence;
    return storedCollections(snapshot, collections);
  };
  return {
    async load(collections) {
      try {
        return await open(collections);
      } catch (error) {
        if (error instanceof MeshError && error.code === 'unavailable') {
          log.debug({ err: error }, 'the stored configuration cannot be read now');
          return undefined;
        }
        return ignored(errorText(error));
      }
    },
  };
}
