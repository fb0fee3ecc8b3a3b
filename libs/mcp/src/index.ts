export {
  createMcpDialOut,
  type DialOutObserver,
  type McpDialOut,
  type McpDialOutOptions,
} from './dial-out.ts';
export { fromResource, ORIGIN_ANNOTATION, resourceName, toResource } from './resource.ts';
export {
  createMcpSink,
  MCP_WINDOW_BYTES,
  type McpSink,
  type McpSinkOptions,
  type SinkObserver,
} from './sink.ts';
export type { CollectionChange } from './sink-collection.ts';
export type { SnapshotResource } from './snapshots/collection.ts';
export {
  type CollectionSnapshot,
  createSnapshots,
  type Snapshots,
  type SnapshotUpdate,
} from './snapshots/snapshots.ts';
export {
  createMcpSource,
  DEFAULT_SOURCE_LIMITS,
  type McpSourceOptions,
  type SourceLimits,
} from './source.ts';
export type { SourceObserver } from './source-stream.ts';
export { type StoredCollection, type StoredHeader, storedCollections } from './stored/content.ts';
export { createStoredFallback, type SinkFallback, type StoredFallbackOptions } from './stored/fallback.ts';
export { openSnapshot, type StoredTrust, signSnapshot } from './stored/signed.ts';
export { type SinkFallbackOptions, STORED_SNAPSHOT, sinkFallback } from './stored/sink-fallback-options.ts';
