import { resolve } from 'node:path';
import { checkReadable } from '@quintet/files';
import type { ConfigObject } from '@quintet/model';
import type { Clock, Log, ValuesOf } from '@quintet/runtime';
import type { CONFIG } from '../../config.ts';
import type { GalleyMetrics } from '../../metrics.ts';
import type { ObjectCheck } from '../../object-check/object-check.ts';
import type { SourceOptions } from '../../store/source.ts';
import { debounceObserver } from '../debounce-observer.ts';
import { createFilesSource } from './files-source.ts';
import { createMeshSource } from './mesh-source.ts';

export type FileSourcesOptions = SourceOptions & {
  readonly config: ValuesOf<(typeof CONFIG)['options']>;
  readonly lastGood: readonly ConfigObject[];
  readonly alsoCheck: ObjectCheck;
  readonly metrics: GalleyMetrics;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * The sources that read files, as the flags say. Rejects when a file cannot be read and there is no state directory that
 * could stand in for it: a wrong path is a mistake that somebody should see at once.
 */
export async function createFileSources({
  config,
  onBatch,
  lastGood,
  alsoCheck,
  metrics,
  clock,
  log,
}: FileSourcesOptions) {
  const paths = config.configPath.map((path) => resolve(path));
  const meshConfigFile = config.meshConfigFile === undefined ? undefined : resolve(config.meshConfigFile);
  const meshNetworksFile =
    config.meshNetworksFile === undefined ? undefined : resolve(config.meshNetworksFile);
  if (config.stateDir === undefined) {
    await checkReadable('--configPath', paths);
    await checkReadable('--meshConfigFile', meshConfigFile === undefined ? [] : [meshConfigFile]);
    await checkReadable('--meshNetworksFile', meshNetworksFile === undefined ? [] : [meshNetworksFile]);
  }
  const common = {
    onBatch,
    maxFileBytes: config.maxFileSize,
    quietMs: config.quietPeriod,
    maxMs: config.maxWait,
    clock,
    log: log.child({ component: 'files' }),
    observer: debounceObserver(metrics),
  };
  const mesh = createMeshSource({ ...common, meshConfigFile, meshNetworksFile });
  if (paths.length === 0) return { mesh, files: undefined };
  const files = createFilesSource({
    ...common,
    paths,
    ignore: new Set(config.configIgnore),
    except: new Set([meshConfigFile, meshNetworksFile].filter((path) => path !== undefined)),
    defaultNamespace: config.defaultNamespace,
    alsoCheck,
    lastGood,
  });
  return { mesh, files };
}
