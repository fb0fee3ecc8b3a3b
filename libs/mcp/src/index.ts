export { fromResource, ORIGIN_ANNOTATION, resourceName, toResource } from './resource.ts';
export { createMcpSink, type McpSink, type McpSinkOptions, type SinkObserver } from './sink.ts';
export type { CollectionChange } from './sink-decide.ts';
export {
  type CollectionSnapshot,
  createSnapshots,
  type SnapshotResource,
  type Snapshots,
} from './snapshots.ts';
export { createMcpSource, type McpSourceOptions, type SourceObserver } from './source.ts';
