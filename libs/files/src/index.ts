export { checkReadable } from './check-readable.ts';
export { type DirectoryWatch, type Watched, watchDirectories } from './directory-watch.ts';
export type { FileContent } from './file-set.ts';
export { createFileSource, type FileSourceOptions, type FilesChange } from './file-source.ts';
export { type StateChange, stateChanges } from './state/changes.ts';
export { type CheckedFile, type ConfigState, EMPTY_STATE, type Entry } from './state/config-state.ts';
export {
  type Configuration,
  type ConfigurationOptions,
  createConfiguration,
  type Outcome,
} from './state/configuration.ts';
export { nextState } from './state/next-state.ts';
