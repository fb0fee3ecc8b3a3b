export { createDiscovery, type Discovery, type DiscoveryOptions } from './discovery.ts';
export { type PackOptions, packAny, packResource, typeUrlOf, versionOf, wireType } from './pack.ts';
export { Session } from './session.ts';
export type {
  SessionEvent,
  SessionOptions,
  SessionOutput,
  SessionRequest,
  SessionResponse,
  TypeStatus,
} from './session-types.ts';
export type { Attachment, Peer, Refusal, Source } from './source.ts';
export type { StreamInfo, StreamLimits, StreamObserver } from './stream.ts';
export type { Form } from './type-channel.ts';
export {
  CLUSTER_TYPE,
  ENDPOINT_TYPE,
  isWildcardType,
  LISTENER_TYPE,
  PUSH_ORDER,
  ROUTE_TYPE,
  SECRET_TYPE,
} from './type-urls.ts';
export type { Need, WireResource, WireSet, WireType } from './wire-set.ts';
