import type {
  ConnectionPoolSettings,
  LoadBalancerSettings,
  OutlierDetection,
  TrafficPolicy,
} from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import type { TLSSettings } from '@quintet/proto/istio/networking/v1alpha3/tls_pb.js';

/** The parts of a traffic policy that hold for one port. */
export type PortPolicy = {
  readonly loadBalancer?: LoadBalancerSettings;
  readonly connectionPool?: ConnectionPoolSettings;
  readonly outlierDetection?: OutlierDetection;
  readonly tls?: TLSSettings;
};

/** What a policy says for a port: settings of the port replace the general ones as a whole. */
export function portPolicy(policy: TrafficPolicy | undefined, port: number): PortPolicy {
  if (!policy) return {};
  return present(policy.portLevelSettings.find((settings) => settings.port?.number === port) ?? policy);
}

/** The policy of a subset on top of the general one, part by part. */
export function subsetPolicy(general: PortPolicy, subset: PortPolicy): PortPolicy {
  return { ...general, ...subset };
}

/** Leaves out the parts that are not there, so that spreading does not overwrite with nothing. */
function present(policy: {
  readonly loadBalancer?: LoadBalancerSettings | undefined;
  readonly connectionPool?: ConnectionPoolSettings | undefined;
  readonly outlierDetection?: OutlierDetection | undefined;
  readonly tls?: TLSSettings | undefined;
}): PortPolicy {
  return {
    ...(policy.loadBalancer && { loadBalancer: policy.loadBalancer }),
    ...(policy.connectionPool && { connectionPool: policy.connectionPool }),
    ...(policy.outlierDetection && { outlierDetection: policy.outlierDetection }),
    ...(policy.tls && { tls: policy.tls }),
  };
}
