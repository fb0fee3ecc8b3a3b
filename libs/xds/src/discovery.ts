import type { Node } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import type { AggregatedDiscoveryService } from '@quintet/proto/envoy/service/discovery/v3/ads_pb.js';
import type {
  DeltaDiscoveryRequest,
  DiscoveryRequest,
} from '@quintet/proto/envoy/service/discovery/v3/discovery_pb.js';
import type { SecretDiscoveryService } from '@quintet/proto/envoy/service/secret/v3/sds_pb.js';
import { type CallContext, type Clock, type ServiceImpl, systemClock } from '@quintet/runtime';
import { fromDelta, fromSotw } from './requests.ts';
import type { Source } from './source.ts';
import {
  type NodeRequest,
  type StreamInfo,
  type StreamLimits,
  type StreamObserver,
  type StreamOptions,
  serveStream,
} from './stream.ts';
import { createTurns } from './turns.ts';
import type { Form } from './type-channel.ts';

const DEFAULT_LIMITS: StreamLimits = { maxSubscriptions: 100_000, maxTypes: 16, firstRequestMs: 10_000 };
const DEFAULT_PATIENCE_MS = 5000;

export type DiscoveryOptions = {
  readonly source: Source;
  readonly clock?: Clock;
  readonly limits?: Partial<StreamLimits>;
  readonly observer?: StreamObserver;
  /** How long anything waits for an acknowledgement, milliseconds; 5000 unless given. */
  readonly patienceMs?: number;
};

/** xDS in both forms, to be added to a gRPC server. */
export type Discovery = {
  readonly aggregated: ServiceImpl<typeof AggregatedDiscoveryService>;
  readonly secrets: ServiceImpl<typeof SecretDiscoveryService>;
  /** Streams that are open, in order of their opening. */
  readonly streams: () => readonly StreamInfo[];
};

/** Serves the sets of a source. Streams end with the signal of their call. */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const registry = new Set<StreamInfo>();
  let counter = 0;
  const shared: Omit<StreamOptions, 'form'> = {
    source: options.source,
    clock: options.clock ?? systemClock,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    observer: options.observer ?? {},
    turns: createTurns(),
    patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
    registry,
    nextId(node: Node) {
      counter += 1;
      return `${node.id}-${counter}`;
    },
  };
  const serve = (form: Form, requests: AsyncIterable<NodeRequest>, call: CallContext) =>
    serveStream(requests, call, { ...shared, form });
  const sotw = (requests: AsyncIterable<DiscoveryRequest>, call: CallContext) =>
    serve(
      'sotw',
      mapEach(requests, (request) => ({ node: request.node, request: fromSotw(request) })),
      call,
    );
  const delta = (requests: AsyncIterable<DeltaDiscoveryRequest>, call: CallContext) =>
    serve(
      'delta',
      mapEach(requests, (request) => ({ node: request.node, request: fromDelta(request) })),
      call,
    );
  return {
    aggregated: { streamAggregatedResources: sotw, deltaAggregatedResources: delta },
    secrets: { streamSecrets: sotw, deltaSecrets: delta },
    streams: () => [...registry],
  };
}

async function* mapEach<A, B>(values: AsyncIterable<A>, map: (value: A) => B): AsyncGenerator<B, void, void> {
  for await (const value of values) yield map(value);
}
