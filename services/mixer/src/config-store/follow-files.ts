import { resolve } from 'node:path';
import { ruleFindings } from '@quintet/expr';
import {
  checkReadable,
  createConfiguration,
  createFileSource,
  type FilesChange,
  type Outcome,
} from '@quintet/files';
import { type ConfigObject, formatIssue } from '@quintet/model';
import { type Clock, errorText, type Log } from '@quintet/runtime';
import { POLICY_COLLECTIONS, WORKLOAD_COLLECTIONS } from './collections.ts';
import type { FileSource } from './config-source.ts';
import type { FollowedConfig } from './followed-config.ts';
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
  const configuration = createConfiguration({
    paths,
    meshConfigFile: undefined,
    defaultNamespace: 'default',
    alsoCheck: ruleFindings,
    lastGood: [],
  });
  const take = (change: FilesChange): void => {
    const outcome = configuration.take(change);
    logOutcome(log, outcome);
    if (outcome.objects === undefined) return;
    fill(store, outcome.objects);
    try {
      takeOver(new Set(COLLECTIONS));
    } catch (error) {
      log.error(
        { err: error },
        `configuration cannot be taken over, the last one stays: ${errorText(error)}`,
      );
    }
  };
  const files = createFileSource({
    ...{ paths, quietMs, maxMs, clock, log },
    meshConfigFile: undefined,
    ignore: NO_CONFIGURATION,
    maxFileBytes: MAX_FILE_BYTES,
    onChange: take,
  });
  const path = { name: 'config-path', start: () => checkReadable('--configStoreURL', paths) };
  return { components: [path, files], connection: configuration.health, isSettled: () => true };
}

function fill(store: ConfigStore, objects: readonly ConfigObject[]): void {
  for (const collection of COLLECTIONS) {
    const updated = objects.filter((object) => object.collection === collection);
    store.apply({ collection, version: '', full: true, updated, removed: [] });
  }
}

function logOutcome(log: Log, { changes, newIssues }: Outcome): void {
  for (const { kind, entry } of changes) {
    if (entry.issues.length === 0) continue;
    const fields = { state: entry.state, issues: entry.issues.map(formatIssue) };
    log.warn(fields, kind === 'rejected' ? 'configuration rejected' : 'configuration applied with warnings');
  }
  for (const issue of newIssues) log.warn({ issue: formatIssue(issue) }, 'configuration not read');
}
