import {
  createFileObjects,
  createFileSource,
  type FileObjectsOptions,
  type FileSourceOptions,
  type KnownFile,
} from '@quintet/files';
import type { ConfigObject } from '@quintet/model';
import type { Source, SourceOptions } from '../../store/source.ts';

export const FILES = 'files';

export type FilesSourceOptions = SourceOptions &
  Omit<FileSourceOptions, 'onChange' | 'named'> &
  Pick<FileObjectsOptions, 'defaultNamespace' | 'alsoCheck'> & {
    /** What was handed out before a restart: as long as its file cannot be read it is not taken for deleted. */
    readonly lastGood: readonly ConfigObject[];
  };

/** Files as a source: configuration, and the objects of Kubernetes that are written as files. */
export function createFilesSource(
  options: FilesSourceOptions,
): Source & { readonly files: ReadonlyMap<string, KnownFile> } {
  const { onBatch, lastGood, ...rest } = options;
  const known = lastGood.flatMap(({ kind, namespace, name, origin }) =>
    origin === undefined ? [] : [{ resource: { kind, namespace, name }, origin }],
  );
  const objects = createFileObjects({ ...rest, native: 'decode', known });
  let missing: string | undefined;
  let synced = false;
  const files = createFileSource({
    ...rest,
    onChange(change) {
      missing = change.missing;
      synced ||= missing === undefined;
      onBatch({ source: FILES, synced, ...objects.update(change) });
    },
  });
  return {
    name: FILES,
    files: files.files,
    start: () => files.start?.(),
    stop: (signal) => files.stop?.(signal),
    health: () => (synced || missing === undefined ? files.health() : { state: 'failed', detail: missing }),
  };
}
