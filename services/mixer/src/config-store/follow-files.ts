import { resolve } from 'node:path';
import { mixerObjectFindings } from '@quintet/expr';
import {
  checkReadable,
  createFileObjects,
  createFileSource,
  type FilesChange,
  type ObjectsChange,
} from '@quintet/files';
import { formatIssue, type Issue } from '@quintet/model';
import { type Clock, errorText, type HealthResult, type Log } from '@quintet/runtime';
import { POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './collections.ts';
import type { FileSource } from './config-source.ts';
import type { FollowedConfig } from './followed-config.ts';
import { GoodObjects } from './good-objects.ts';
import type { ConfigStore } from './store.ts';

export type FollowFilesOptions = {
  readonly source: FileSource;
  readonly quietMs: number;
  readonly maxMs: number;
  readonly store: ConfigStore;
  readonly takeOver: (collections: ReadonlySet<string>) => void;
  readonly log: Log;
  readonly clock: Clock;
};

/** Files of a local mesh that hold no objects. */
const NO_CONFIGURATION: ReadonlySet<string> = new Set(['mesh.yaml', 'meshconfig.yaml']);

/** Files beyond this size are not read, bytes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

const COLLECTIONS: readonly string[] = [...POLICY_COLLECTIONS, ...WORKLOAD_COLLECTIONS];

/** Keeps the store as the files of a directory say, read and checked as galley does, and has every change put to work. */
export function followFiles(options: FollowFilesOptions): FollowedConfig {
  const { store, takeOver, log, clock, quietMs, maxMs } = options;
  const paths = [resolve(options.source.path)];
  const objects = createFileObjects({ paths, defaultNamespace: 'default', alsoCheck: mixerObjectFindings });
  const good = new GoodObjects(store, COLLECTIONS);
  const logChange = createChangeLog(log);
  let missing: string | undefined = 'the files have not been read yet';
  const take = (files: FilesChange): void => {
    const change = objects.update(files);
    logChange(change);
    good.take(change);
    if (missing !== undefined) missing = files.missing;
    if (missing !== undefined) return;
    try {
      takeOver(good.fill());
    } catch (error) {
      log.error(
        { err: error },
        `configuration cannot be taken over, the last one stays: ${errorText(error)}`,
      );
    }
  };
  const files = createFileSource({
    ...{ paths, quietMs, maxMs, clock, log },
    ignore: NO_CONFIGURATION,
    maxFileBytes: MAX_FILE_BYTES,
    onChange: take,
  });
  const path = { name: 'config-path', start: () => checkReadable('--configStoreURL', paths) };
  const connection = (): HealthResult =>
    missing === undefined ? { state: 'ok' } : { state: 'failed', detail: missing };
  return { components: [path, files], connection, isSettled: () => true };
}

/** Tells of what is wrong with objects and files, once each. */
function createChangeLog(log: Log): (change: ObjectsChange) => void {
  const told = new Map<string, string>();
  let toldOfFiles: ReadonlySet<string> = new Set();
  return ({ put, removed, issues }) => {
    for (const key of removed) told.delete(key);
    for (const item of put) {
      if (item.kind !== 'config') continue;
      const found = item.issues.map(formatIssue);
      const isNew = (told.get(item.key) ?? '') !== wordsOf(item.issues);
      if (found.length === 0) told.delete(item.key);
      else told.set(item.key, wordsOf(item.issues));
      if (found.length === 0 || !isNew) continue;
      const message =
        item.object === undefined ? 'configuration rejected' : 'configuration applied with warnings';
      log.warn({ issues: found }, message);
    }
    if (issues === undefined) return;
    const texts = new Set(issues.map(formatIssue));
    for (const issue of texts) if (!toldOfFiles.has(issue)) log.warn({ issue }, 'configuration not read');
    toldOfFiles = texts;
  };
}

/** What is wrong, whatever the line it stands in now. */
function wordsOf(issues: readonly Issue[]): string {
  return JSON.stringify(issues.map(({ code, path, message }) => [code, path, message]));
}
