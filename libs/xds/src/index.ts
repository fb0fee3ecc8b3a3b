export { type PackOptions, packAny, packResource, typeUrlOf, versionOf, wireType } from './pack.ts';
export type { Attachment, Peer, Refusal, Source } from './source.ts';
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
