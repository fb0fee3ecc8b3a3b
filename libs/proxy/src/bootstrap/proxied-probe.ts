import type { JsonObject } from '@bufbuild/protobuf';
import { http2Options, staticEndpoint } from './endpoint.ts';

/**
 * A probe of the application that the proxy answers at `path` of its status port. HTTP is passed on; for TCP and gRPC
 * the proxy asks by itself and answers what it found.
 */
export type ProxiedProbe =
  | (ProbePlace & {
      readonly kind: 'http';
      readonly tls: boolean;
      /** Path and query at the application. */
      readonly target: string;
    })
  | (ProbePlace & { readonly kind: 'tcp' })
  | (ProbePlace & {
      readonly kind: 'grpc';
      /** Of the gRPC health protocol; empty is the server as a whole. */
      readonly service: string;
    });

type ProbePlace = { readonly path: string; readonly port: number; readonly timeoutSeconds: number };

/** Where applications are asked: the proxy stands beside them. */
const APPLICATION = '127.0.0.1';
/** How often the proxy asks an application whose probe it cannot pass on. */
const ASK_EVERY = '1s';
/** Each probe has a shorter limit of its own in most cases; this one is for connections that hang. */
const CONNECT_WITHIN = '5s';

/** The routes that pass on HTTP probes. */
export function probeRoutes(probes: readonly ProxiedProbe[]): JsonObject[] {
  return probes.flatMap((probe) =>
    probe.kind === 'http'
      ? [
          {
            match: { path: probe.path },
            route: {
              cluster: clusterName(probe),
              prefix_rewrite: probe.target,
              timeout: `${probe.timeoutSeconds}s`,
            },
          },
        ]
      : [],
  );
}

/** The filters that answer the other probes from what the proxy found out. */
export function probeFilters(probes: readonly ProxiedProbe[]): JsonObject[] {
  return probes
    .filter(({ kind }) => kind !== 'http')
    .map((probe) => ({
      name: `envoy.filters.http.health_check${probe.path.replaceAll('/', '.')}`,
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck',
        pass_through_mode: false,
        headers: [{ name: ':path', string_match: { exact: probe.path } }],
        cluster_min_healthy_percentages: { [clusterName(probe)]: { value: 100 } },
      },
    }));
}

/**
 * Names of metrics, up to their last part, that the proxy must keep: its filter answers from the numbers of healthy
 * members, and takes a number that is not kept for none.
 */
export function probeStatPrefixes(probes: readonly ProxiedProbe[]): string[] {
  const asked = probes.filter(({ kind }) => kind !== 'http').map(clusterName);
  return [...new Set(asked)].map((name) => `cluster.${name.replaceAll(':', '_')}.membership_`);
}

/** The application's ports as clusters, each once. */
export function probeClusters(probes: readonly ProxiedProbe[]): JsonObject[] {
  const byName = new Map(probes.map((probe) => [clusterName(probe), cluster(probe)]));
  return [...byName.values()];
}

function cluster(probe: ProxiedProbe): JsonObject {
  const name = clusterName(probe);
  const timeout = `${probe.timeoutSeconds}s`;
  const place = { kind: 'tcp', address: APPLICATION, port: probe.port } as const;
  const base = {
    name,
    type: 'STATIC',
    connect_timeout: CONNECT_WITHIN,
    load_assignment: staticEndpoint(name, place),
  };
  switch (probe.kind) {
    case 'http':
      return probe.tls ? { ...base, transport_socket: UNVERIFIED_TLS } : base;
    case 'tcp':
      return { ...base, health_checks: [healthCheck(timeout, { tcp_health_check: {} })] };
    case 'grpc': {
      const service = probe.service === '' ? {} : { service_name: probe.service };
      const check = healthCheck(timeout, { grpc_health_check: { ...service, authority: 'localhost' } });
      return { ...base, typed_extension_protocol_options: http2Options(), health_checks: [check] };
    }
  }
}

function healthCheck(timeout: string, what: JsonObject): JsonObject {
  return {
    timeout,
    interval: ASK_EVERY,
    // Nothing else uses these clusters, so the interval without traffic is the one that counts.
    no_traffic_interval: ASK_EVERY,
    // The kubelet counts successes and failures by itself.
    healthy_threshold: 1,
    unhealthy_threshold: 1,
    ...what,
  };
}

function clusterName(probe: ProxiedProbe): string {
  const { kind, port, timeoutSeconds } = probe;
  switch (kind) {
    case 'http':
      return `probe|${probe.tls ? 'https' : 'http'}|${port}`;
    case 'tcp':
      return `probe|tcp|${port}|${timeoutSeconds}s`;
    case 'grpc':
      return `probe|grpc|${port}|${timeoutSeconds}s|${probe.service}`;
  }
}

/** The kubelet does not look at certificates either. */
const UNVERIFIED_TLS: JsonObject = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    common_tls_context: {},
  },
};
