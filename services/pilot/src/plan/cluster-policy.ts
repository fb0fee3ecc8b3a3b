import { durationMillis } from '@quintet/model';
import {
  type ConnectionPoolSettings_TCPSettings_TcpKeepalive,
  LoadBalancerSettings_SimpleLB,
  type OutlierDetection,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import type { MeshSettings } from '../snapshot/mesh-settings.ts';
import type { ClusterPlan, ConnectionLimits, LoadBalancing, OutlierPlan } from './cluster-types.ts';
import type { PortPolicy } from './traffic-policy.ts';

/** The largest value of the proxy's limits, which stands for none. */
const NO_LIMIT = 4_294_967_295;
const MINIMUM_RING_SIZE = 1024;

/** The parts of a cluster that a traffic policy and the mesh's defaults decide. */
export function clusterPolicy(
  policy: PortPolicy,
  mesh: MeshSettings,
): Pick<ClusterPlan, 'connectTimeoutMs' | 'loadBalancing' | 'limits' | 'outlier' | 'keepalive'> {
  const tcp = policy.connectionPool?.tcp;
  const keepalive = tcp?.tcpKeepalive ? keepaliveOf(tcp.tcpKeepalive) : mesh.keepalive;
  return {
    connectTimeoutMs: durationMillis(tcp?.connectTimeout) || mesh.connectTimeoutMs,
    loadBalancing: loadBalancing(policy, mesh),
    limits: limits(policy),
    ...(policy.outlierDetection && { outlier: outlierOf(policy.outlierDetection) }),
    ...(keepalive && { keepalive }),
  };
}

/** Requests a connection carries and how long it idles, where the policy says so. */
export function connectionUse(policy: PortPolicy): {
  readonly maxRequestsPerConnection: number;
  readonly idleTimeoutMs: number;
} {
  const http = policy.connectionPool?.http;
  return {
    maxRequestsPerConnection: http?.maxRequestsPerConnection ?? 0,
    idleTimeoutMs: durationMillis(http?.idleTimeout) ?? 0,
  };
}

/** True when the policy sends each connection to where its client meant it to go. */
export function goesToDestination(policy: PortPolicy): boolean {
  const balancer = policy.loadBalancer?.lbPolicy;
  return balancer?.case === 'simple' && balancer.value === LoadBalancerSettings_SimpleLB.PASSTHROUGH;
}

function loadBalancing(policy: PortPolicy, mesh: MeshSettings): LoadBalancing {
  const outlier = policy.outlierDetection;
  const distributes = mesh.locality.distribute.length > 0;
  return {
    policy: balancerOf(policy),
    localityWeighted: outlier !== undefined || distributes,
    ...(outlier && { panicThresholdPercent: outlier.minHealthPercent }),
  };
}

function balancerOf(policy: PortPolicy): LoadBalancing['policy'] {
  const balancer = policy.loadBalancer?.lbPolicy;
  if (balancer?.case === 'consistentHash') {
    return { kind: 'ring', minimumSize: Number(balancer.value.minimumRingSize) || MINIMUM_RING_SIZE };
  }
  switch (balancer?.value) {
    case LoadBalancerSettings_SimpleLB.LEAST_CONN:
    case LoadBalancerSettings_SimpleLB.LEAST_REQUEST:
      return 'least-request';
    case LoadBalancerSettings_SimpleLB.RANDOM:
      return 'random';
    case LoadBalancerSettings_SimpleLB.PASSTHROUGH:
      return 'destination';
    default:
      return 'round-robin';
  }
}

function limits(policy: PortPolicy): ConnectionLimits {
  const { tcp, http } = policy.connectionPool ?? {};
  return {
    maxConnections: tcp?.maxConnections || NO_LIMIT,
    maxPendingRequests: http?.http1MaxPendingRequests || NO_LIMIT,
    maxRequests: http?.http2MaxRequests || NO_LIMIT,
    maxRetries: http?.maxRetries || NO_LIMIT,
  };
}

/** `consecutiveErrors` of the classic API counts gateway errors (502, 503, 504) only. */
function outlierOf(detection: OutlierDetection): OutlierPlan {
  const gatewayErrors = detection.consecutiveGatewayErrors ?? detection.consecutiveErrors;
  const all5xx = detection.consecutive5xxErrors ?? 0;
  return {
    ...(gatewayErrors > 0 && { consecutiveGatewayErrors: gatewayErrors }),
    ...(all5xx > 0 && { consecutive5xx: all5xx }),
    ...(detection.interval && { intervalMs: durationMillis(detection.interval) }),
    ...(detection.baseEjectionTime && { baseEjectionMs: durationMillis(detection.baseEjectionTime) }),
    ...(detection.maxEjectionPercent > 0 && { maxEjectionPercent: detection.maxEjectionPercent }),
  };
}

function keepaliveOf(
  keepalive: ConnectionPoolSettings_TCPSettings_TcpKeepalive,
): NonNullable<ClusterPlan['keepalive']> {
  return {
    ...(keepalive.probes > 0 && { probes: keepalive.probes }),
    ...(keepalive.time && { timeMs: durationMillis(keepalive.time) }),
    ...(keepalive.interval && { intervalMs: durationMillis(keepalive.interval) }),
  };
}
