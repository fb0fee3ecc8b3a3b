import type { Certificate, Sources, TlsVersion, Trust } from './types.ts';

export type ClusterPlan = {
  /** `outbound|<port>|<subset>|<host>`, `inbound|<port>|<port name>|<host>`, or a special name. */
  readonly name: string;
  readonly alternativeStatName?: string;
  readonly direction: 'inbound' | 'outbound';
  readonly discovery: Discovery;
  readonly connectTimeoutMs: number;
  readonly protocol: UpstreamProtocol;
  readonly loadBalancing: LoadBalancing;
  readonly limits: ConnectionLimits;
  readonly outlier?: OutlierPlan;
  readonly keepalive?: { readonly probes?: number; readonly timeMs?: number; readonly intervalMs?: number };
  readonly tls: UpstreamTls;
  /** The address connections come from, where it must differ from the proxy's own. */
  readonly sourceAddress?: string;
  readonly sources: Sources;
};

/**
 * `endpoints`: sent apart, by the endpoints' own short way; `selection` says which.
 * `dns` and `fixed` carry theirs; `destination`: the connection's original destination.
 */
export type Discovery =
  | { readonly kind: 'endpoints'; readonly selection: EndpointSelection }
  | {
      readonly kind: 'dns';
      readonly groups: readonly EndpointGroup[];
      readonly refreshMs: number;
      readonly respectTtl: boolean;
    }
  | { readonly kind: 'fixed'; readonly groups: readonly EndpointGroup[] }
  | { readonly kind: 'destination' };

/** Which endpoints of the mesh belong to a cluster; plain data, so that it can be a key. */
export type EndpointSelection = {
  readonly host: string;
  readonly namespace: string;
  readonly port: number;
  readonly labels: Readonly<Record<string, string>>;
  /** The locality of the proxy that asks, where locality decides weight or priority; else empty. */
  readonly locality: string;
  readonly failover: boolean;
};

/** Endpoints of one locality and priority. */
export type EndpointGroup = {
  readonly locality: { readonly region: string; readonly zone: string; readonly subzone: string };
  /** 0 is best. */
  readonly priority: number;
  /** 0 means not given. */
  readonly weight: number;
  readonly endpoints: readonly EndpointPlan[];
};

export type EndpointPlan = {
  readonly address:
    | { readonly kind: 'ip' | 'host'; readonly address: string; readonly port: number }
    | { readonly kind: 'pipe'; readonly path: string };
  readonly weight: number;
  /** The workload behind it, for telemetry: `name`, `namespace`, `uid`; empty when unknown. */
  readonly workload: { readonly name: string; readonly namespace: string; readonly uid: string };
  /** Serves mutual TLS with a mesh identity. */
  readonly mutualTls: boolean;
};

/** `as-received`: the protocol the client spoke. */
export type UpstreamProtocol = {
  readonly kind: 'tcp' | 'http1' | 'http2' | 'as-received';
  /** 0 means no limit. */
  readonly maxRequestsPerConnection: number;
  /** 0 means the proxy's own default. */
  readonly idleTimeoutMs: number;
};

export type LoadBalancing = {
  readonly policy:
    | 'round-robin'
    | 'least-request'
    | 'random'
    | 'destination'
    | { readonly kind: 'ring'; readonly minimumSize: number };
  readonly localityWeighted: boolean;
  /** Below this share of healthy hosts all are used; 0 switches that off; absent leaves the proxy's default. */
  readonly panicThresholdPercent?: number;
};

/** 4294967295 means no limit. */
export type ConnectionLimits = {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  readonly maxRetries: number;
};

export type OutlierPlan = {
  readonly consecutiveGatewayErrors?: number;
  readonly consecutive5xx?: number;
  readonly intervalMs?: number;
  readonly baseEjectionMs?: number;
  readonly maxEjectionPercent?: number;
};

/** `by-endpoint`: mutual TLS where the endpoint serves it, plaintext else. */
export type UpstreamTls =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'tls'; readonly client: ClientTls }
  | { readonly kind: 'by-endpoint'; readonly client: ClientTls };

export type ClientTls = {
  readonly certificate?: Certificate;
  /** Absent: the server is not verified. */
  readonly trust?: Trust;
  readonly subjectAltNames: readonly string[];
  readonly serverName: string;
  readonly applicationProtocols: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
};
