import { create } from '@bufbuild/protobuf';
import {
  type Filter,
  type FilterChain,
  type FilterChainMatch,
  FilterChainMatchSchema,
  FilterChainSchema,
} from '@quintet/proto/envoy/config/listener/v3/listener_components_pb.js';
import type { ChainMatch, ChainPlan } from '../plan/types.ts';
import { networkAccessFilter } from './access.ts';
import { cidrRange } from './address.ts';
import { downstreamTls } from './downstream-tls.ts';
import { httpConnectionManager } from './http-connection-manager.ts';
import { networkCheckFilter } from './mixer-check.ts';
import { tcpProxy } from './tcp-proxy.ts';

/** One way a connection can take through a listener. */
export function filterChain(plan: ChainPlan): FilterChain {
  const match = chainMatch(plan.match);
  return create(FilterChainSchema, {
    name: plan.name,
    ...(match && { filterChainMatch: match }),
    ...(plan.tls && { transportSocket: downstreamTls(plan.tls) }),
    filters: networkFilters(plan),
  });
}

/** The filters every connection of a chain passes, in this order: refuse, ask, end. */
function networkFilters(plan: ChainPlan): Filter[] {
  const { body } = plan;
  if (body.kind === 'http') return [...plan.access.map(networkAccessFilter), httpConnectionManager(body)];
  return [
    ...plan.access.map(networkAccessFilter),
    ...(body.check ? [networkCheckFilter(body.check)] : []),
    tcpProxy(body),
  ];
}

function chainMatch(match: ChainMatch): FilterChainMatch | undefined {
  const { destinationPort, destinationRanges, serverNames, transport, applicationProtocols } = match;
  const unrestricted =
    destinationPort === undefined &&
    transport === undefined &&
    destinationRanges.length + serverNames.length + applicationProtocols.length === 0;
  if (unrestricted) return undefined;
  return create(FilterChainMatchSchema, {
    ...(destinationPort !== undefined && { destinationPort }),
    prefixRanges: destinationRanges.map(cidrRange),
    serverNames: [...serverNames],
    applicationProtocols: [...applicationProtocols],
    transportProtocol: transport === undefined ? '' : TRANSPORTS[transport],
  });
}

const TRANSPORTS = { tls: 'tls', plaintext: 'raw_buffer' } as const;
