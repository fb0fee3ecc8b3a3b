import type { JsonObject } from '@bufbuild/protobuf';
import type { StatsInclusion } from '../bootstrap/bootstrap-options.ts';
import type { Capture } from './capture.ts';

/** Everything that decides how a sidecar looks, before or after the pod was asked; all of it has a value. */
export type InjectionSettings = {
  readonly image: string;
  /** Image with iptables and a shell; with iproute2 for TPROXY. */
  readonly initImage: string;
  /** Empty leaves it to Kubernetes. */
  readonly imagePullPolicy: string;
  readonly imagePullSecrets: readonly string[];
  /** Kubernetes `resources` of the proxy and of the init container. */
  readonly resources: JsonObject;
  readonly initResources: JsonObject;
  readonly logLevel: string;
  readonly componentLogLevel: string;
  /** Worker threads of the proxy; 0 takes one for each processor. */
  readonly concurrency: number;
  readonly drainSeconds: number;
  /** Port of health and rewritten probes; 0 is none. */
  readonly statusPort: number;
  readonly adminPort: number;
  readonly readiness: Readiness;
  readonly rewriteProbes: boolean;
  /** Start the application when the proxy has its configuration. */
  readonly holdApplication: boolean;
  readonly capture: Capture;
  readonly pilot: PilotPlace;
  /** Namespace of the control plane. */
  readonly systemNamespace: string;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly meshId: string;
  readonly clusterId: string;
  readonly network: string;
  /** Path of the node agent's socket on the node, and in the pod. */
  readonly agentSocket: string;
  readonly tokenAudience: string;
  readonly stats: StatsInclusion;
  readonly userVolumes: readonly JsonObject[];
  readonly userMounts: readonly JsonObject[];
  /** Further node metadata. */
  readonly proxyMetadata: Readonly<Record<string, string>>;
};

export type Readiness = {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
};

export type PilotPlace = {
  readonly address: string;
  readonly port: number;
  /** Without it the proxy speaks plaintext to pilot and has no identity there. */
  readonly mutualTls: boolean;
};
