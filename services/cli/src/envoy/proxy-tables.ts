import { parseClusterName } from './cluster-name.ts';
import { type Dumped, dumpedClusters, dumpedListeners, dumpedRoutes } from './config-dump.ts';
import { fieldAt, listAt, textAt } from './json-fields.ts';

/** A table to print: rows with what they were made from, for filters and `-o json`. */
export type ProxyTable = {
  /** A line above the table; empty for none. */
  readonly note: string;
  readonly header: readonly string[];
  readonly rows: readonly ProxyRow[];
};

export type ProxyRow = {
  readonly cells: readonly string[];
  /** Values by the names of the flags that filter. */
  readonly keys: Readonly<Record<string, string>>;
  readonly json: unknown;
};

/** `SERVICE FQDN  PORT  SUBSET  DIRECTION  TYPE`; clusters that are not of the mesh show their whole name. */
export function clusterTable(dump: unknown): ProxyTable {
  const rows = dumpedClusters(dump).map(({ name, config }): ProxyRow => {
    const type = textAt(config, 'type') || textAt(config, 'cluster_type', 'name') || 'STATIC';
    const { host, port, subset, direction } = parseClusterName(name) ?? {
      host: name,
      port: '-',
      subset: '-',
      direction: '-',
    };
    return {
      cells: [host, port, subset || '-', direction, type],
      keys: { fqdn: host, port, subset, direction },
      json: config,
    };
  });
  return { note: '', header: ['SERVICE FQDN', 'PORT', 'SUBSET', 'DIRECTION', 'TYPE'], rows };
}

/** `ADDRESS  PORT  TYPE`. */
export function listenerTable(dump: unknown): ProxyTable {
  const rows = dumpedListeners(dump).map(({ config }): ProxyRow => {
    const socket = fieldAt(config, 'address', 'socket_address');
    const address = textAt(socket, 'address') || textAt(config, 'address', 'pipe', 'path');
    const port = textAt(socket, 'port_value');
    const type = listenerType(config);
    return { cells: [address, port, type], keys: { address, port, type }, json: config };
  });
  return { note: '', header: ['ADDRESS', 'PORT', 'TYPE'], rows };
}

const HTTP_FILTER = 'envoy.filters.network.http_connection_manager';
const TCP_FILTERS = new Set([
  'envoy.filters.network.tcp_proxy',
  'envoy.filters.network.mongo_proxy',
  'envoy.filters.network.redis_proxy',
  'envoy.filters.network.mysql_proxy',
]);

function listenerType(config: unknown): string {
  const chains = [...listAt(config, 'filter_chains'), fieldAt(config, 'default_filter_chain')];
  const filters = chains.flatMap((chain) => listAt(chain, 'filters')).map((filter) => textAt(filter, 'name'));
  if (filters.includes(HTTP_FILTER)) return 'HTTP';
  return filters.some((name) => TCP_FILTERS.has(name)) ? 'TCP' : 'UNKNOWN';
}

/** `NAME  VIRTUAL HOSTS`, of the tables that came by RDS. */
export function routeTable(dump: unknown): ProxyTable {
  const rows = dumpedRoutes(dump).map(({ name, config }: Dumped): ProxyRow => {
    const hosts = listAt(config, 'virtual_hosts');
    return { cells: [name, String(hosts.length)], keys: { name }, json: config };
  });
  const note = 'NOTE: This output only contains routes loaded via RDS.';
  return { note, header: ['NAME', 'VIRTUAL HOSTS'], rows };
}

/** `ENDPOINT  STATUS  OUTLIER CHECK  CLUSTER`, from Envoy's `/clusters?format=json`. */
export function endpointTable(clusters: unknown): ProxyTable {
  const rows = listAt(clusters, 'cluster_statuses').flatMap((cluster) =>
    listAt(cluster, 'host_statuses').map((host): ProxyRow => {
      const socket = fieldAt(host, 'address', 'socket_address');
      const address = textAt(socket, 'address') || `unix://${textAt(host, 'address', 'pipe', 'path')}`;
      const port = textAt(socket, 'port_value');
      const status = textAt(host, 'health_status', 'eds_health_status') || 'HEALTHY';
      const outlier = fieldAt(host, 'health_status', 'failed_outlier_check') === true ? 'FAILED' : 'OK';
      const name = textAt(cluster, 'name');
      return {
        cells: [port === '' ? address : `${address}:${port}`, status, outlier, name],
        keys: { address, port, cluster: name, status: status.toLowerCase() },
        json: { cluster: name, ...Object.fromEntries(Object.entries(host ?? {})) },
      };
    }),
  );
  const sorted = rows.sort((a, b) => compareTexts(a.cells.join(' '), b.cells.join(' ')));
  return { note: '', header: ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'], rows: sorted };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
