import type { JsonObject } from '@bufbuild/protobuf';

export type ProxyType = 'sidecar' | 'router';

/** How traffic reaches the proxy: captured by iptables in one of two ways, or sent to it on purpose. */
export type InterceptionMode = 'REDIRECT' | 'TPROXY' | 'NONE';

/** One sidecar or gateway as it describes itself to the control plane: node id and node metadata, read. */
export type ProxyNode = {
  readonly type: ProxyType;
  /** Addresses of the workload, the main one first; at least one. */
  readonly addresses: readonly string[];
  /** Name of the instance (the pod), without its namespace. */
  readonly name: string;
  /** Namespace the workload lives in. */
  readonly namespace: string;
  /** Namespace whose configuration applies; the workload's own but for unusual set-ups. */
  readonly configNamespace: string;
  /** DNS domain for short names, e.g. `default.svc.cluster.local`. */
  readonly domain: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty when the proxy does not say. */
  readonly serviceAccount: string;
  /** Name of what owns the instance (the deployment); the instance's name when the proxy does not say. */
  readonly workloadName: string;
  readonly interceptionMode: InterceptionMode;
  readonly meshId: string;
  readonly clusterId: string;
  readonly network: string;
  /** `region/zone/subzone`, empty when unknown. */
  readonly locality: string;
  /** Version of the proxy's package, e.g. `1.4.10`; empty when unknown, which counts as the newest. */
  readonly version: string;
  /** All metadata as sent, for keys that only one feature reads. */
  readonly metadata: JsonObject;
};

/** What Envoy sends as `node`; an `envoy.config.core.v3.Node` message fits. */
export type EnvoyNode = {
  readonly id: string;
  readonly metadata?: JsonObject | undefined;
  readonly locality?:
    | { readonly region: string; readonly zone: string; readonly subZone: string }
    | undefined;
};
