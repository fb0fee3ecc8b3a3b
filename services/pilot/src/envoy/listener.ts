import { create, type DescMessage } from '@bufbuild/protobuf';
import { TrafficDirection } from '@quintet/proto/envoy/config/core/v3/base_pb.js';
import {
  type ListenerFilter,
  type ListenerFilterChainMatchPredicate,
  ListenerFilterChainMatchPredicateSchema,
  ListenerFilterSchema,
} from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import { type Listener, ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { HttpInspectorSchema } from '@quintet/proto/envoy/extensions/filters/listener/http_inspector/v3/http_inspector_pb.js';
import { OriginalDstSchema } from '@quintet/proto/envoy/extensions/filters/listener/original_dst/v3/original_dst_pb.js';
import { TlsInspectorSchema } from '@quintet/proto/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb.js';
import type { Detection, ListenerPlan } from '../plan/types.ts';
import { pipeAddress, socketAddress } from './address.ts';
import { type Fields, packed } from './any.ts';
import { duration } from './duration.ts';
import { LISTENER_FILTERS } from './extension-names.ts';
import { filterChain } from './filter-chain.ts';

/** One listener with all its chains. */
export function listener(plan: ListenerPlan): Listener {
  const { bind } = plan;
  return create(ListenerSchema, {
    name: plan.name,
    address: bind.kind === 'pipe' ? pipeAddress(bind.path) : socketAddress(bind.address, bind.port),
    trafficDirection: plan.direction === 'inbound' ? TrafficDirection.INBOUND : TrafficDirection.OUTBOUND,
    ...(!plan.bound && { bindToPort: false }),
    ...(plan.handsOver && { useOriginalDst: true }),
    ...(plan.transparent && { transparent: true }),
    listenerFilters: listenerFilters(plan),
    ...detectionTimeout(plan.detection),
    filterChains: plan.chains.map(filterChain),
    ...(plan.fallbackChain && { defaultFilterChain: filterChain(plan.fallbackChain) }),
  });
}

/** The filters that look at a connection before its chain is chosen, in this order. */
function listenerFilters({ restoresDestination, detection }: ListenerPlan): ListenerFilter[] {
  const exempt = exemption(detection);
  return [
    // The inspectors' exemptions go by the original port, so it comes first.
    ...(restoresDestination ? [listenerFilter(LISTENER_FILTERS.originalDestination, OriginalDstSchema)] : []),
    // TLS before HTTP: what is encrypted cannot be looked into.
    ...(detection.tls ? [listenerFilter(LISTENER_FILTERS.tlsInspector, TlsInspectorSchema, exempt)] : []),
    ...(detection.http ? [listenerFilter(LISTENER_FILTERS.httpInspector, HttpInspectorSchema, exempt)] : []),
  ];
}

function listenerFilter(
  name: string,
  schema: DescMessage,
  filterDisabled?: ListenerFilterChainMatchPredicate,
): ListenerFilter {
  return create(ListenerFilterSchema, {
    name,
    configType: { case: 'typedConfig', value: packed(schema, {}) },
    ...(filterDisabled && { filterDisabled }),
  });
}

/** A server that speaks first would wait for a client that waits for it. */
function exemption({ serverFirstPorts }: Detection): ListenerFilterChainMatchPredicate | undefined {
  const ranges = serverFirstPorts.map((port) =>
    create(ListenerFilterChainMatchPredicateSchema, {
      rule: { case: 'destinationPortRange', value: { start: port, end: port + 1 } },
    }),
  );
  if (ranges.length < 2) return ranges[0];
  return create(ListenerFilterChainMatchPredicateSchema, {
    rule: { case: 'orMatch', value: { rules: ranges } },
  });
}

function detectionTimeout(detection: Detection): Fields<typeof ListenerSchema> {
  if (!detection.tls && !detection.http) return {};
  return { listenerFiltersTimeout: duration(detection.timeoutMs), continueOnListenerFiltersTimeout: true };
}
