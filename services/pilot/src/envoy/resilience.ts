import type { CircuitBreakersSchema } from '@quintet/proto/envoy/config/cluster/v3/circuit_breaker_pb.js';
import type { OutlierDetectionSchema } from '@quintet/proto/envoy/config/cluster/v3/outlier_detection_pb.js';
import type { TcpKeepaliveSchema } from '@quintet/proto/envoy/config/core/v3/address_pb.js';
import type { ClusterPlan, ConnectionLimits, OutlierPlan } from '../plan/cluster-types.ts';
import type { Fields } from './any.ts';
import { duration } from './duration.ts';

export function circuitBreakers(limits: ConnectionLimits): Fields<typeof CircuitBreakersSchema> {
  return {
    thresholds: [
      {
        maxConnections: limits.maxConnections,
        maxPendingRequests: limits.maxPendingRequests,
        maxRequests: limits.maxRequests,
        maxRetries: limits.maxRetries,
      },
    ],
  };
}

/** Only the kinds of errors that the plan counts eject an endpoint. */
export function outlierDetection(plan: OutlierPlan): Fields<typeof OutlierDetectionSchema> {
  const { consecutiveGatewayErrors, consecutive5xx } = plan;
  return {
    ...(plan.intervalMs !== undefined && { interval: duration(plan.intervalMs) }),
    ...(plan.baseEjectionMs !== undefined && { baseEjectionTime: duration(plan.baseEjectionMs) }),
    ...(plan.maxEjectionPercent !== undefined && { maxEjectionPercent: plan.maxEjectionPercent }),
    ...(consecutiveGatewayErrors !== undefined && {
      consecutiveGatewayFailure: consecutiveGatewayErrors,
      enforcingConsecutiveGatewayFailure: 100,
    }),
    ...(consecutive5xx !== undefined && { consecutive5xx }),
    enforcingConsecutive5xx: consecutive5xx === undefined ? 0 : 100,
    enforcingSuccessRate: 0,
  };
}

export function keepalive(plan: NonNullable<ClusterPlan['keepalive']>): Fields<typeof TcpKeepaliveSchema> {
  const seconds = (milliseconds: number) => Math.max(1, Math.round(milliseconds / 1000));
  return {
    ...(plan.probes !== undefined && { keepaliveProbes: plan.probes }),
    ...(plan.timeMs !== undefined && { keepaliveTime: seconds(plan.timeMs) }),
    ...(plan.intervalMs !== undefined && { keepaliveInterval: seconds(plan.intervalMs) }),
  };
}
