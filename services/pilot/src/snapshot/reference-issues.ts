import { type Issue, MESH_CONFIG, MESH_CONFIG_NAME, MESH_GATEWAY, resolveHost } from '@quintet/model';
import type { Destination } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { type DestinationRuleIndex, findDestinationRule } from './destination-rules.ts';
import type { GatewayIndex } from './gateways.ts';
import { issueAbout } from './issue-about.ts';
import type { MeshSettings } from './mesh-settings.ts';
import { serverAddress } from './mixer-servers.ts';
import { findService, type MeshService, type ServiceIndex } from './services.ts';
import type { VirtualServiceConfig, VirtualServiceIndex } from './virtual-services.ts';

const MESH_CONFIG_SUBJECT = {
  kind: MESH_CONFIG.kind,
  namespace: MESH_CONFIG_NAME.namespace,
  name: MESH_CONFIG_NAME.name,
};

type Indexes = {
  readonly services: ServiceIndex;
  readonly virtualServices: VirtualServiceIndex;
  readonly destinationRules: DestinationRuleIndex;
  readonly gateways: GatewayIndex;
  readonly mesh: MeshSettings;
};

/** What virtual services and the mesh config refer to and nobody defines, and hosts claimed twice for the sidecars. */
export function referenceIssues(indexes: Indexes): readonly Issue[] {
  const gateways = new Set(indexes.gateways.all.map(({ ref }) => ref));
  return [
    ...indexes.virtualServices.all.flatMap((config) => [
      ...gatewayIssues(config, gateways),
      ...destinationsOf(config).flatMap((place) => destinationIssues(config, place, indexes)),
    ]),
    ...hostConflicts(indexes.virtualServices.all),
    ...serverIssues(indexes),
  ];
}

/** A destination and where it stands in its virtual service. */
type Place = { readonly destination: Destination | undefined; readonly path: string };

function destinationsOf({ spec }: VirtualServiceConfig): Place[] {
  const lists = [
    ...spec.http.map((route, index) => ({ route: route.route, path: `spec.http[${index}]` })),
    ...spec.tcp.map((route, index) => ({ route: route.route, path: `spec.tcp[${index}]` })),
    ...spec.tls.map((route, index) => ({ route: route.route, path: `spec.tls[${index}]` })),
  ];
  const mirrors = spec.http.flatMap((route, index) => [
    ...(route.mirror ? [{ destination: route.mirror, path: `spec.http[${index}].mirror` }] : []),
    ...route.mirrors.map(({ destination }, at) => ({
      destination,
      path: `spec.http[${index}].mirrors[${at}].destination`,
    })),
  ]);
  const routed = lists.flatMap(({ route, path }) =>
    route.map(({ destination }, at) => ({ destination, path: `${path}.route[${at}].destination` })),
  );
  return [...routed, ...mirrors];
}

function destinationIssues(config: VirtualServiceConfig, place: Place, indexes: Indexes): Issue[] {
  const { destination, path } = place;
  if (!destination) return [];
  const host = resolveHost(destination.host, config.namespace, indexes.mesh.domain);
  const service = findService(indexes.services, host, config.namespace);
  if (!service)
    return [
      notFound(config, `${path}.host`, `host ${host} is no service that namespace ${config.namespace} sees`),
    ];
  return [...portIssues(config, place, service), ...subsetIssues(config, place, service, indexes)];
}

function portIssues(
  config: VirtualServiceConfig,
  { destination, path }: Place,
  service: MeshService,
): Issue[] {
  const port = destination?.port?.number;
  if (!port || service.ports.some(({ number }) => number === port)) return [];
  const ports = service.ports.map(({ number }) => number).join(', ');
  return [
    notFound(config, `${path}.port.number`, `port ${port} is no port of ${service.host}, which has ${ports}`),
  ];
}

function subsetIssues(
  config: VirtualServiceConfig,
  { destination, path }: Place,
  service: MeshService,
  indexes: Indexes,
): Issue[] {
  const subset = destination?.subset;
  if (!subset) return [];
  const rule = findDestinationRule(indexes.destinationRules, {
    host: service.host,
    serviceNamespace: service.namespace,
    proxyNamespace: config.namespace,
    rootNamespace: indexes.mesh.rootNamespace,
  });
  if (rule?.subsets.some(({ name }) => name === subset)) return [];
  return [
    notFound(
      config,
      `${path}.subset`,
      `subset ${subset} of ${service.host} is defined by no DestinationRule`,
    ),
  ];
}

function gatewayIssues(config: VirtualServiceConfig, known: ReadonlySet<string>): Issue[] {
  return config.gateways.flatMap((gateway, index) =>
    gateway === MESH_GATEWAY || known.has(gateway)
      ? []
      : [notFound(config, `spec.gateways[${index}]`, `Gateway ${gateway} does not exist`)],
  );
}

/** For the sidecars the oldest virtual service of a host counts alone, where both can be seen. */
function hostConflicts(all: readonly VirtualServiceConfig[]): Issue[] {
  const claimed = new Map<string, VirtualServiceConfig[]>();
  const issues: Issue[] = [];
  for (const config of all.filter(({ gateways }) => gateways.includes(MESH_GATEWAY))) {
    for (const [index, host] of config.hosts.entries()) {
      const claims = claimed.get(host) ?? [];
      const winner = claims.find((other) => seenTogether(other, config));
      claimed.set(host, [...claims, config]);
      if (!winner || winner === config) continue;
      issues.push(
        issueAbout(config.subject, {
          code: 'IST0109',
          path: `spec.hosts[${index}]`,
          message: `host ${host} belongs to VirtualService ${winner.namespace}/${winner.name} already`,
        }),
      );
    }
  }
  return issues;
}

function seenTogether(a: VirtualServiceConfig, b: VirtualServiceConfig): boolean {
  const everywhere = (config: VirtualServiceConfig) => config.exportTo.includes('*');
  return (everywhere(a) && everywhere(b)) || a.namespace === b.namespace;
}

/** Servers of mixer that are no service: proxies then ask nobody, and refuse unless the mesh lets them fail open. */
function serverIssues({ mesh, services }: Indexes): Issue[] {
  const { checkServer, reportServer } = mesh.mixer;
  const named = [
    { path: 'mixerCheckServer', server: checkServer },
    { path: 'mixerReportServer', server: reportServer },
  ];
  return named.flatMap(({ path, server }) => {
    if (server === undefined) return [];
    const address = serverAddress(server);
    const known = services.byHost.get(address.host)?.flatMap(({ ports }) => ports) ?? [];
    if (known.some(({ number }) => number === address.port)) return [];
    const message = `${server} is no service and port of the mesh, as <host>:<port>`;
    return [issueAbout(MESH_CONFIG_SUBJECT, { code: 'IST0101', path, message })];
  });
}

function notFound(config: VirtualServiceConfig, path: string, message: string): Issue {
  return issueAbout(config.subject, { code: 'IST0101', path, message });
}
