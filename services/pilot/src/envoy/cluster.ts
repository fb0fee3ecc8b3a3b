import { create } from '@bufbuild/protobuf';
import {
  type Cluster,
  ClusterSchema,
  Cluster_DiscoveryType as DiscoveryType,
  Cluster_DnsLookupFamily as DnsLookupFamily,
} from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ApiVersion } from '@quintet/proto/envoy/config/core/v3/config_source_pb.js';
import type { ClusterPlan, Discovery } from '../plan/cluster-types.ts';
import type { Fields } from './any.ts';
import { duration } from './duration.ts';
import { MESH_METADATA } from './extension-names.ts';
import { loadAssignment } from './load-assignment.ts';
import { loadBalancing } from './load-balancing.ts';
import { metadata } from './metadata.ts';
import { circuitBreakers, keepalive, outlierDetection } from './resilience.ts';
import { upstreamProtocol } from './upstream-protocol.ts';
import { upstreamTls } from './upstream-tls.ts';

/** One cluster. Endpoints of clusters discovered by EDS are not part of it. */
export function cluster(plan: ClusterPlan): Cluster {
  return create(ClusterSchema, {
    name: plan.name,
    altStatName: plan.alternativeStatName ?? '',
    connectTimeout: duration(plan.connectTimeoutMs),
    ...discovery(plan.name, plan.discovery),
    ...loadBalancing(plan.loadBalancing),
    circuitBreakers: circuitBreakers(plan.limits),
    ...(plan.outlier && { outlierDetection: outlierDetection(plan.outlier) }),
    ...(plan.keepalive && { upstreamConnectionOptions: { tcpKeepalive: keepalive(plan.keepalive) } }),
    ...upstreamProtocol(plan.protocol),
    ...upstreamTls(plan.tls),
    ...(plan.sourceAddress !== undefined && {
      upstreamBindConfig: {
        sourceAddress: { address: plan.sourceAddress, portSpecifier: { case: 'portValue', value: 0 } },
      },
    }),
    ...(plan.sources.length > 0 && {
      metadata: metadata({ [MESH_METADATA]: { config: plan.sources.join(',') } }),
    }),
  });
}

function discovery(name: string, plan: Discovery): Fields<typeof ClusterSchema> {
  switch (plan.kind) {
    case 'endpoints':
      return { clusterDiscoveryType: type(DiscoveryType.EDS), edsClusterConfig: endpointSource(name) };
    case 'dns':
      return {
        clusterDiscoveryType: type(DiscoveryType.STRICT_DNS),
        dnsLookupFamily: DnsLookupFamily.V4_ONLY,
        dnsRefreshRate: duration(plan.refreshMs),
        respectDnsTtl: plan.respectTtl,
        loadAssignment: loadAssignment(name, plan.groups),
      };
    case 'fixed':
      return {
        clusterDiscoveryType: type(DiscoveryType.STATIC),
        loadAssignment: loadAssignment(name, plan.groups),
      };
    case 'destination':
      return { clusterDiscoveryType: type(DiscoveryType.ORIGINAL_DST) };
  }
}

function type(value: DiscoveryType) {
  return { case: 'type' as const, value };
}

/**
 * Without a time limit on the first fetch a cluster becomes usable only with its endpoints, so that the
 * acknowledgement of a cluster means that requests can be sent to it.
 */
function endpointSource(serviceName: string): NonNullable<Fields<typeof ClusterSchema>['edsClusterConfig']> {
  return {
    serviceName,
    edsConfig: {
      resourceApiVersion: ApiVersion.V3,
      initialFetchTimeout: duration(0),
      configSourceSpecifier: { case: 'ads', value: {} },
    },
  };
}
