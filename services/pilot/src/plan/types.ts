import type { Issue } from '@quintet/model';
import type { AccessPlan } from './access-types.ts';
import type { ClusterPlan } from './cluster-types.ts';
import type { MixerCheck, MixerReport } from './mixer-types.ts';
import type { RouteTablePlan } from './route-types.ts';

/**
 * What one proxy is to do, decided: every default filled in, every conflict settled, in mesh words.
 * Plain frozen data without any Envoy type; the `envoy` stage spells it and decides nothing.
 * Times are milliseconds, sizes bytes, percentages 0 to 100 with fractions.
 */
export type Plan = {
  readonly listeners: readonly ListenerPlan[];
  readonly routeTables: readonly RouteTablePlan[];
  readonly clusters: readonly ClusterPlan[];
  /** What this proxy leaves out and why: conflicts that only show where configuration meets a workload. */
  readonly issues: readonly Issue[];
};

/** The configuration objects something came from, as `<collection>/<namespace>/<name>`, sorted. */
export type Sources = readonly string[];

export type ListenerPlan = {
  readonly name: string;
  readonly direction: 'inbound' | 'outbound';
  readonly bind: Bind;
  /** False for a listener that only gets connections handed over by the capturing one. */
  readonly bound: boolean;
  /** Accepts captured traffic and hands a connection to the listener of its original destination. */
  readonly handsOver: boolean;
  /** Restores the destination that traffic capture changed. */
  readonly restoresDestination: boolean;
  readonly transparent: boolean;
  readonly detection: Detection;
  readonly chains: readonly ChainPlan[];
  /** For connections that match no chain; absent means they are refused. */
  readonly fallbackChain?: ChainPlan;
  readonly sources: Sources;
};

export type Bind =
  | { readonly kind: 'address'; readonly address: string; readonly port: number }
  | { readonly kind: 'pipe'; readonly path: string };

/** What has to be found out by looking at the first bytes of a connection. */
export type Detection = {
  readonly tls: boolean;
  readonly http: boolean;
  /** How long to wait for bytes before going on without them. */
  readonly timeoutMs: number;
  /** Original destination ports whose server speaks first: not looked at. */
  readonly serverFirstPorts: readonly number[];
};

export type ChainPlan = {
  /** Unique in its listener. */
  readonly name: string;
  readonly match: ChainMatch;
  readonly tls?: ServerTls;
  /** Evaluated on the connection, before `body`; for TCP bodies only. */
  readonly access: readonly AccessPlan[];
  readonly body: HttpBody | TcpBody;
};

/** Empty fields do not restrict. */
export type ChainMatch = {
  readonly destinationPort?: number;
  readonly destinationRanges: readonly string[];
  readonly serverNames: readonly string[];
  readonly transport?: 'tls' | 'plaintext';
  readonly applicationProtocols: readonly string[];
};

/** How a listener's chain terminates TLS. */
export type ServerTls = {
  readonly certificate: Certificate;
  readonly clientCertificate: 'required' | 'not-asked';
  /** Where the roots for client certificates come from; absent when none is asked for. */
  readonly trust?: Trust;
  /** Accepted names in the client's certificate; empty accepts any verified one. */
  readonly subjectAltNames: readonly string[];
  readonly verifyCertificateSpki: readonly string[];
  readonly verifyCertificateHash: readonly string[];
  readonly applicationProtocols: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites: readonly string[];
};

export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';

/** `workload`: the proxy's own identity, by SDS; `secret`: a named secret of a gateway, by SDS. */
export type Certificate =
  | { readonly kind: 'workload' }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'files'; readonly chain: string; readonly key: string };

export type Trust =
  | { readonly kind: 'mesh' }
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

export type HttpBody = {
  readonly kind: 'http';
  readonly statPrefix: string;
  /** The name of its route table, which is handed out apart. */
  readonly routeTable: string;
  /** `append` keeps what the caller sent (inside the mesh), `replace` is for the edge. */
  readonly clientCertificateHeader: 'append' | 'replace';
  /** Trust no forwarded address: the peer is the client (the edge). */
  readonly atEdge: boolean;
  readonly http10: boolean;
  /** 0 means none. */
  readonly idleTimeoutMs: number;
  readonly grpcWeb: boolean;
  /** Serves as an explicit HTTP proxy: absolute URLs are accepted. */
  readonly absoluteUrls: boolean;
  /** Requests are let through by the access rules of their route table. */
  readonly accessControlled: boolean;
  readonly check?: MixerCheck;
  readonly report?: MixerReport;
  readonly accessLog?: AccessLogPlan;
  readonly tracing?: TracingPlan;
};

export type TcpBody = {
  readonly kind: 'tcp';
  readonly statPrefix: string;
  /** At least one; weights matter only when there are several. */
  readonly targets: readonly { readonly cluster: string; readonly weight: number }[];
  /** 0 means none. */
  readonly idleTimeoutMs: number;
  readonly check?: MixerCheck;
  readonly report?: MixerReport;
  readonly accessLog?: AccessLogPlan;
};

/** The proxy's own access log, as a file. */
export type AccessLogPlan = {
  readonly path: string;
  readonly format:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'json'; readonly fields: Readonly<Record<string, string>> };
};

export type TracingPlan = { readonly randomSampling: number };
