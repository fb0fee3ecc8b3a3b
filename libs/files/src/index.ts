export { checkReadable } from './check-readable.ts';
export { createDebounce, type Debounce, type DebounceObserver, type DebounceTimes } from './debounce.ts';
export {
  createFileSource,
  type FileSource,
  type FileSourceOptions,
  type FilesChange,
} from './file-source.ts';
export type { KnownFile } from './file-tree.ts';
export {
  createFileObjects,
  type FileObjects,
  type FileObjectsOptions,
  type ObjectsChange,
} from './objects/file-objects.ts';
export type { ConfigFileItem, FileItem, NativeFileItem } from './objects/standing.ts';
export type { FileContent } from './read-text.ts';
