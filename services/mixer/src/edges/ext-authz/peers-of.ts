import { CONTEXT_KEYS, parseSpiffeId, REPORTER_KINDS } from '@quintet/model';
import type { AttributeContext } from '@quintet/proto/envoy/service/auth/v3/attribute_context_pb.js';
import type { Directory } from '../../workloads/directory.ts';
import type { WorkloadInstance } from '../../workloads/instances.ts';
import { provenPeer } from '../../workloads/workload-attributes.ts';
import { ipOf } from '../address.ts';
import type { Peers } from '../peers.ts';
import { contextText } from './request-bag.ts';

/** The ends of a request, or why the proxy that asks is not believed. */
export type PeersOrReason = { readonly peers: Peers } | { readonly reason: string };

/**
 * Finds out who is at both ends. The asking proxy is one of them: its certificate must speak for the workload that the
 * listener's context names. The other end, seen by a destination, is who its certificate proves.
 */
export function peersOf(
  context: AttributeContext,
  reporterId: string | undefined,
  directory: Directory,
): PeersOrReason {
  const outbound = contextText(context, CONTEXT_KEYS.reporterKind) === REPORTER_KINDS.source;
  const local = localInstance(context, outbound, directory);
  const namespace = contextText(
    context,
    outbound ? CONTEXT_KEYS.sourceNamespace : CONTEXT_KEYS.destinationNamespace,
  );
  const reason = reporterId === undefined ? undefined : disagreement(reporterId, local, namespace);
  if (reason !== undefined) return { reason };
  if (outbound) {
    return {
      peers: { source: local, destination: undefined, sourceId: reporterId, destinationId: undefined },
    };
  }
  const sourceId = context.source?.principal || undefined;
  const remote = directory.at(ipOf(context.source?.address) ?? '');
  return {
    peers: {
      source: provenPeer(remote, sourceId),
      destination: local,
      sourceId,
      destinationId: context.destination?.principal || reporterId,
    },
  };
}

function localInstance(
  context: AttributeContext,
  outbound: boolean,
  directory: Directory,
): WorkloadInstance | undefined {
  const uid = contextText(context, outbound ? CONTEXT_KEYS.sourceUid : CONTEXT_KEYS.destinationUid);
  const address = outbound ? undefined : ipOf(context.destination?.address);
  const there = address === undefined ? undefined : directory.at(address);
  return there ?? directory.named(uid);
}

function disagreement(
  reporterId: string,
  local: WorkloadInstance | undefined,
  namespace: string,
): string | undefined {
  const identity = parseSpiffeId(reporterId);
  if (identity === undefined) return `${reporterId} is no workload identity`;
  if (local !== undefined && local.serviceAccount !== '') {
    if (local.serviceAccount === reporterId) return undefined;
    return `${reporterId} does not speak for ${local.uid || local.address}, which runs as ${local.serviceAccount}`;
  }
  if (namespace === '' || namespace === identity.namespace) return undefined;
  return `${reporterId} does not speak for a workload of namespace ${namespace}`;
}
