import {
  type DescField,
  type DescMessage,
  fromBinary,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { CLUSTER_TYPE, ENDPOINT_TYPE, type Need, ROUTE_TYPE } from '@quintet/xds';

const CLUSTER_MESSAGE = 'envoy.config.cluster.v3.Cluster';
const CLUSTER_EDS = 'envoy.config.cluster.v3.Cluster.EdsClusterConfig';
const ANY = 'google.protobuf.Any';

/** The fields, among all messages, in which a resource names another one. */
const NAMING_FIELDS: Readonly<Record<string, string>> = {
  'envoy.config.route.v3.RouteAction.cluster': CLUSTER_TYPE,
  'envoy.config.route.v3.RouteAction.RequestMirrorPolicy.cluster': CLUSTER_TYPE,
  'envoy.config.route.v3.WeightedCluster.ClusterWeight.name': CLUSTER_TYPE,
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.cluster': CLUSTER_TYPE,
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.WeightedCluster.ClusterWeight.name': CLUSTER_TYPE,
  'envoy.config.core.v3.GrpcService.EnvoyGrpc.cluster_name': CLUSTER_TYPE,
  'envoy.config.core.v3.HttpUri.cluster': CLUSTER_TYPE,
  'envoy.extensions.filters.network.http_connection_manager.v3.Rds.route_config_name': ROUTE_TYPE,
};

/** Finds what a resource names. */
export type ReferenceFinder = (schema: DescMessage, message: Message) => readonly Need[];

/**
 * A finder that reads the finished messages, whoever made them, and so also finds a name that their maker
 * forgot about. `registry` knows the types inside `Any`.
 */
export function createReferenceFinder(registry: Registry): ReferenceFinder {
  const trails = new Map<DescMessage, readonly DescField[]>();
  const trailOf = (schema: DescMessage) => {
    const trail = trails.get(schema) ?? schema.fields.filter((field) => leadsToName(field, new Set()));
    trails.set(schema, trail);
    return trail;
  };
  const visit = (schema: DescMessage, message: unknown, found: Map<string, Need>): void => {
    if (schema.typeName === ANY) visitAny(message, found);
    for (const field of trailOf(schema)) {
      for (const value of valuesOf(field, message)) {
        const type = NAMING_FIELDS[nameOf(field)];
        if (type !== undefined && typeof value === 'string') add(found, { type, name: value });
        else if (field.message !== undefined) visit(field.message, value, found);
      }
    }
  };
  const visitAny = (any: unknown, found: Map<string, Need>): void => {
    const typeUrl = property(any, 'typeUrl');
    const bytes = property(any, 'value');
    if (typeof typeUrl !== 'string' || !(bytes instanceof Uint8Array)) return;
    const schema = registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    if (schema !== undefined) visit(schema, fromBinary(schema, bytes), found);
  };
  return (schema, message) => {
    const found = new Map<string, Need>();
    visit(schema, message, found);
    if (schema.typeName === CLUSTER_MESSAGE) addEndpoints(message, found);
    return [...found.values()].sort((a, b) => compare(`${a.type} ${a.name}`, `${b.type} ${b.name}`));
  };
}

/** A cluster found by EDS asks for its own name unless it names another. */
function addEndpoints(cluster: Message, found: Map<string, Need>): void {
  const eds = property(cluster, 'edsClusterConfig');
  if (property(eds, '$typeName') !== CLUSTER_EDS) return;
  const name = property(eds, 'serviceName') || property(cluster, 'name');
  add(found, { type: ENDPOINT_TYPE, name: String(name) });
}

function add(found: Map<string, Need>, need: Need): void {
  if (need.name !== '') found.set(`${need.type} ${need.name}`, need);
}

function leadsToName(field: DescField, seen: Set<DescMessage>): boolean {
  if (nameOf(field) in NAMING_FIELDS) return true;
  const inner = field.message;
  if (inner === undefined || seen.has(inner)) return false;
  seen.add(inner);
  return inner.typeName === ANY || inner.fields.some((next) => leadsToName(next, seen));
}

function nameOf(field: DescField): string {
  return `${field.parent.typeName}.${field.name}`;
}

function valuesOf(field: DescField, owner: unknown): readonly unknown[] {
  const chosen = field.oneof === undefined ? undefined : property(owner, field.oneof.localName);
  const isChosen = property(chosen, 'case') === field.localName;
  const value =
    field.oneof === undefined
      ? property(owner, field.localName)
      : isChosen
        ? property(chosen, 'value')
        : undefined;
  if (value === undefined) return [];
  if (field.fieldKind === 'list') return Array.isArray(value) ? value : [];
  if (field.fieldKind === 'map')
    return typeof value === 'object' && value !== null ? Object.values(value) : [];
  return [value];
}

function property(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
