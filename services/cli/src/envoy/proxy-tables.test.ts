import { describe, expect, it } from 'vitest';
import { parseClusterName } from './cluster-name.ts';
import { clusterTable, endpointTable, listenerTable, routeTable } from './proxy-tables.ts';

const hcm = { name: 'envoy.filters.network.http_connection_manager' };
const socket = (address: string, port_value: number) => ({ socket_address: { address, port_value } });
const dump = {
  configs: [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
      static_clusters: [{ cluster: { name: 'xds-grpc' } }],
      dynamic_active_clusters: [
        { cluster: { name: 'outbound|9080|v1|reviews.default.svc.cluster.local', type: 'EDS' } },
        { cluster: { name: 'outbound|80||a.b', type: 'STRICT_DNS' } },
      ],
    },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
      dynamic_listeners: [
        {
          name: 'l',
          active_state: {
            listener: { name: 'l', address: socket('10.0.0.1', 9080), filter_chains: [{ filters: [hcm] }] },
          },
        },
        {
          name: 'm',
          active_state: {
            listener: {
              name: 'm',
              address: socket('10.0.0.1', 3306),
              filter_chains: [{ filters: [{ name: 'envoy.filters.network.tcp_proxy' }] }],
            },
          },
        },
        { name: 'warming', warming_state: { listener: { name: 'warming' } } },
      ],
    },
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump',
      static_route_configs: [{ route_config: { name: 'inline', virtual_hosts: [{}] } }],
      dynamic_route_configs: [{ route_config: { name: '9080', virtual_hosts: [{}, {}] } }],
    },
  ],
};

const cellsOf = ({ rows }: ReturnType<typeof clusterTable>) => rows.map(({ cells }) => cells);

describe('tables of a proxy', () => {
  it('show clusters by their parts, others whole', () => {
    expect(cellsOf(clusterTable(dump))).toEqual([
      ['a.b', '80', '-', 'outbound', 'STRICT_DNS'],
      ['reviews.default.svc.cluster.local', '9080', 'v1', 'outbound', 'EDS'],
      ['xds-grpc', '-', '-', '-', 'STATIC'],
    ]);
  });

  it('show listeners in force and what they carry', () => {
    expect(cellsOf(listenerTable(dump))).toEqual([
      ['10.0.0.1', '9080', 'HTTP'],
      ['10.0.0.1', '3306', 'TCP'],
    ]);
  });

  it('show routes that came by RDS, and say so', () => {
    expect(cellsOf(routeTable(dump))).toEqual([['9080', '2']]);
    expect(routeTable(dump).note).toBe('NOTE: This output only contains routes loaded via RDS.');
  });

  it('show endpoints with their state', () => {
    const clusters = {
      cluster_statuses: [
        {
          name: 'c',
          host_statuses: [
            { address: socket('10.0.0.2', 80), health_status: { eds_health_status: 'UNHEALTHY' } },
            { address: { pipe: { path: '/s' } }, health_status: { failed_outlier_check: true } },
          ],
        },
      ],
    };
    expect(cellsOf(endpointTable(clusters))).toEqual([
      ['10.0.0.2:80', 'UNHEALTHY', 'OK', 'c'],
      ['unix:///s', 'HEALTHY', 'FAILED', 'c'],
    ]);
  });

  it.each([null, [], {}, { configs: [null, { '@type': 'x.ListenersConfigDump', dynamic_listeners: [{}] }] }])(
    'survive %j',
    (answer) => {
      expect(cellsOf(clusterTable(answer))).toEqual([]);
      expect(cellsOf(listenerTable(answer))).toEqual([]);
      expect(cellsOf(endpointTable(answer))).toEqual([]);
    },
  );
});

describe('parseClusterName', () => {
  it.each([
    ['outbound|9080|v1|a.b', { direction: 'outbound', port: '9080', subset: 'v1', host: 'a.b' }],
    ['inbound|9080|http|a.b', { direction: 'inbound', port: '9080', subset: 'http', host: 'a.b' }],
    ['outbound_.9080_.v1_.a.b', { direction: 'outbound', port: '9080', subset: 'v1', host: 'a.b' }],
    ['BlackHoleCluster', undefined],
    ['sideways|1|2|3', undefined],
    ['outbound|1|2|3|4', undefined],
  ])('%s', (name, parts) => expect(parseClusterName(name)).toEqual(parts));
});
