export type {
  Bus,
  InitOf,
  KeyValue,
  KeyValueChange,
  KeyValueEntry,
  MessageOf,
  ObjectStore,
  ParamsOf,
  ReplayOptions,
  ReplyInitOf,
  ReplyOf,
  RequestInitOf,
  RequestManyOptions,
  RequestOf,
  SubscribeOptions,
  Subscription,
} from './bus.ts';
export { BUS_OPTIONS, busCredentials } from './bus-options.ts';
export {
  createEventPublisher,
  type EventInput,
  type EventPublisher,
  type EventPublisherOptions,
} from './event-publisher.ts';
export { createMemoryBus, type MemoryBus } from './memory/memory-bus.ts';
export { BUS_METRICS } from './metrics.ts';
export type { BusCredentials } from './nats/credentials.ts';
export { createNatsBus, type NatsBusOptions } from './nats/nats-bus.ts';
export { createNkey, type Nkey } from './nkey.ts';
export { authorizationConfig, type Permissions, type PrincipalKey, permissionsFor } from './permissions.ts';
export { PRINCIPALS, type Principal, SERVICES } from './principals.ts';
export { createServiceBus, type ServiceBusOptions } from './service-bus.ts';
export { decodeKey, encodeKey, subjectMatches } from './subject-name.ts';
export {
  BUCKETS,
  type BucketKey,
  OBJECT_STORES,
  type ObjectStoreKey,
  REQUESTS,
  type RequestKey,
  type RequestRow,
  type StoreRow,
  SUBJECTS,
  type SubjectKey,
  type SubjectRow,
} from './subjects.ts';
