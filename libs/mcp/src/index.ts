export { fromResource, ORIGIN_ANNOTATION, resourceName, toResource } from './resource.ts';
export { createMcpSink, type McpSink, type McpSinkOptions, type SinkObserver } from './sink.ts';
export type { CollectionChange } from './sink-collection.ts';
export type { SnapshotResource } from './snapshots/collection.ts';
export {
  type CollectionSnapshot,
  createSnapshots,
  type Snapshots,
  type SnapshotUpdate,
} from './snapshots/snapshots.ts';
export { createMcpSource, type McpSourceOptions, type SourceLimits } from './source.ts';
export type { SourceObserver } from './source-stream.ts';
