import type { ProxyNode } from '../node/proxy-node.ts';
import type { ProxiedProbe } from './proxied-probe.ts';

/** What the start configuration of one Envoy is made from. Paths are absolute, on the machine of the Envoy. */
export type BootstrapOptions = {
  readonly node: ProxyNode;
  /** The classic `--serviceCluster`, e.g. `reviews.default`. */
  readonly serviceCluster: string;
  readonly admin: SocketPlace;
  /** Address that the ports for metrics and health listen on. */
  readonly listenAddress: string;
  /** Port of `/stats/prometheus`, classic 15090. */
  readonly statsPort: number;
  /** Port of `/healthz/ready`, classic 15021; 0 is none. */
  readonly healthPort: number;
  /** Probes of the application that are answered at the same port. */
  readonly probes?: readonly ProxiedProbe[];
  /** Address that connections to others come from; absent leaves the choice to the system. */
  readonly sourceAddress?: string;
  readonly discovery: Discovery;
  /** Where certificates come from; absent for a mesh without identities. */
  readonly secrets?: SecretSource;
  /** Connections from below that are accepted at the same time; more are refused. */
  readonly maxConnections: number;
  readonly stats: StatsInclusion;
};

export type SocketPlace =
  | { readonly kind: 'tcp'; readonly address: string; readonly port: number }
  /** A Unix socket with mode 0600. */
  | { readonly kind: 'unix'; readonly path: string };

/** How the proxy gets its configuration. */
export type Discovery = {
  /** IP address or DNS name of pilot. */
  readonly address: string;
  readonly port: number;
  /** `delta` unless a classic pilot is asked, which speaks state of the world only. */
  readonly protocol: 'delta' | 'sotw';
  /** SPIFFE id that pilot must present; absent means plaintext. With it, `secrets` must be there. */
  readonly pilotIdentity?: string;
};

/** The node agent that hands out keys, and the token that says who asks. */
export type SecretSource = {
  /** Unix socket of the node agent. */
  readonly socket: string;
  /** File with an SDS answer: the generic secret `token`. */
  readonly tokenFile: string;
  /** Folder whose renames announce a new token. */
  readonly tokenFolder: string;
};

/** Metrics to keep besides the classic ones, by the classic annotations `sidecar.istio.io/statsInclusion…`. */
export type StatsInclusion = {
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  /** RE2 patterns. */
  readonly patterns: readonly string[];
};

/** The clusters of a bootstrap that other configuration refers to. */
export const XDS_CLUSTER = 'xds-grpc';
export const SDS_CLUSTER = 'sds-grpc';
export const ADMIN_CLUSTER = 'prometheus_stats';

/** Resource names of the node agent. */
export const CERTIFICATE_SECRET = 'default';
export const ROOT_SECRET = 'ROOTCA';
/** Name of the generic secret in `SecretSource.tokenFile`. */
export const TOKEN_SECRET = 'token';
