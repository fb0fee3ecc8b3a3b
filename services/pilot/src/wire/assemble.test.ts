import { create } from '@bufbuild/protobuf';
import { type Any, anyPack } from '@bufbuild/protobuf/wkt';
import { Cluster_DiscoveryType, ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { HttpConnectionManagerSchema } from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { TcpProxySchema } from '@quintet/proto/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { CLUSTER_TYPE, ENDPOINT_TYPE, LISTENER_TYPE, ROUTE_TYPE, type WireSet } from '@quintet/xds';
import { describe, expect, it } from 'vitest';
import type { Fields } from '../envoy/any.ts';
import type { SpelledPlan } from '../envoy/spell.ts';
import { type Assembled, assemble } from './assemble.ts';
import { createPress } from './press.ts';

const SOURCE = 'istio/networking/v1alpha3/destinationrules/ns/rule';
const EDS = { case: 'type' as const, value: Cluster_DiscoveryType.EDS };

function cluster(name: string, init: Fields<typeof ClusterSchema> = {}): SpelledPlan['clusters'][number] {
  const eds = {
    clusterDiscoveryType: EDS,
    edsClusterConfig: { edsConfig: { configSourceSpecifier: { case: 'ads' as const, value: {} } } },
  };
  return { name, message: create(ClusterSchema, { name, ...eds, ...init }), sources: [SOURCE] };
}

function route(name: string, target: string): SpelledPlan['routes'][number] {
  const action = {
    case: 'route' as const,
    value: { clusterSpecifier: { case: 'cluster' as const, value: target } },
  };
  const match = { pathSpecifier: { case: 'prefix' as const, value: '/' } };
  const virtualHosts = [{ name: 'all', domains: ['*'], routes: [{ match, action }] }];
  return { name, message: create(RouteConfigurationSchema, { name, virtualHosts }), sources: [SOURCE] };
}

function listener(name: string, filters: readonly Any[]): SpelledPlan['listeners'][number] {
  const address = {
    address: {
      case: 'socketAddress' as const,
      value: { address: '0.0.0.0', portSpecifier: { case: 'portValue' as const, value: 1 } },
    },
  };
  const typed = filters.map((value) => ({ name: 'f', configType: { case: 'typedConfig' as const, value } }));
  return {
    name,
    message: create(ListenerSchema, { name, address, filterChains: [{ filters: typed }] }),
    sources: [],
  };
}

const toTcp = (target: string) =>
  anyPack(
    TcpProxySchema,
    create(TcpProxySchema, { statPrefix: 's', clusterSpecifier: { case: 'cluster', value: target } }),
  );
const toRoutes = (routeConfigName: string) =>
  anyPack(
    HttpConnectionManagerSchema,
    create(HttpConnectionManagerSchema, {
      statPrefix: 's',
      routeSpecifier: {
        case: 'rds',
        value: { routeConfigName, configSource: { configSourceSpecifier: { case: 'ads', value: {} } } },
      },
    }),
  );

const press = createPress(envoyRegistry);

function run(plan: Partial<SpelledPlan>, last?: WireSet): Assembled {
  const spelled = { clusters: [], listeners: [], routes: [], ...plan };
  return assemble({ spelled, staticClusters: new Set(['xds-grpc']), press, last });
}

function names(assembled: Assembled, typeUrl: string): string[] {
  return [...(assembled.set.get(typeUrl)?.resources.keys() ?? [])];
}

describe('assemble', () => {
  it('packs a plan and reads from the messages what names what', () => {
    const made = run({
      clusters: [cluster('a'), cluster('b')],
      routes: [route('r', 'a')],
      listeners: [listener('l', [toTcp('b')]), listener('m', [toRoutes('r')])],
    });
    const needs = (type: string, name: string) => made.set.get(type)?.resources.get(name)?.needs;
    expect(made.issues).toEqual([]);
    expect(needs(CLUSTER_TYPE, 'a')).toEqual([{ type: ENDPOINT_TYPE, name: 'a' }]);
    expect(needs(ROUTE_TYPE, 'r')).toEqual([{ type: CLUSTER_TYPE, name: 'a' }]);
    expect(needs(LISTENER_TYPE, 'l')).toEqual([{ type: CLUSTER_TYPE, name: 'b' }]);
    expect(needs(LISTENER_TYPE, 'm')).toEqual([{ type: ROUTE_TYPE, name: 'r' }]);
    expect(made.provenance.get(CLUSTER_TYPE)?.get('a')).toEqual([SOURCE]);
  });

  it('is the same object where nothing changed', () => {
    const before = run({ clusters: [cluster('a')], routes: [route('r', 'a')] });
    const after = run({ clusters: [cluster('a')], routes: [route('r', 'a'), route('s', 'a')] }, before.set);
    expect(after.set.get(CLUSTER_TYPE)).toBe(before.set.get(CLUSTER_TYPE));
    expect(after.set.get(ROUTE_TYPE)).not.toBe(before.set.get(ROUTE_TYPE));
    expect(after.set.get(ROUTE_TYPE)?.resources.get('r')).toBe(
      before.set.get(ROUTE_TYPE)?.resources.get('r'),
    );
  });

  it('holds back a resource that breaks a rule, alone, and says which object is to blame', () => {
    const good = run({ clusters: [cluster('a'), cluster('b')] });
    const bad = cluster('a', { connectTimeout: { seconds: 0n, nanos: 0 } });
    const made = run({ clusters: [bad, cluster('b'), cluster('c')] }, good.set);
    expect(names(made, CLUSTER_TYPE)).toEqual(['a', 'b', 'c']);
    expect(made.set.get(CLUSTER_TYPE)?.resources.get('a')).toBe(
      good.set.get(CLUSTER_TYPE)?.resources.get('a'),
    );
    expect(made.issues).toEqual([
      {
        code: 'QTT3002',
        severity: 'error',
        path: '',
        resource: { kind: 'DestinationRule', namespace: 'ns', name: 'rule' },
        message: 'Cluster a: connect_timeout: found {"seconds":"0","nanos":0}, expected more than 0 s',
      },
    ]);
    expect(names(run({ clusters: [bad, cluster('b')] }), CLUSTER_TYPE)).toEqual(['b']);
  });

  it('holds back a route that names what is not handed out, as long as there is a good version of it', () => {
    const good = run({ clusters: [cluster('a')], routes: [route('r', 'a')] });
    const made = run({ clusters: [cluster('a')], routes: [route('r', 'missing')] }, good.set);
    expect(made.set.get(ROUTE_TYPE)).toBe(good.set.get(ROUTE_TYPE));
    expect(made.issues.map(({ message }) => message)).toEqual([
      'RouteConfiguration r: names what is not handed out: missing',
    ]);
    const fresh = run({ clusters: [cluster('a')], routes: [route('r', 'missing')] });
    expect(names(fresh, ROUTE_TYPE)).toEqual(['r']);
    expect(fresh.issues).toHaveLength(1);
  });

  it('knows the clusters of the bootstrap', () => {
    expect(run({ listeners: [listener('l', [toTcp('xds-grpc')])] }).issues).toEqual([]);
  });

  it('takes the first of two with one name', () => {
    const made = run({ clusters: [cluster('a'), cluster('a', { altStatName: 'x' })] });
    expect(names(made, CLUSTER_TYPE)).toEqual(['a']);
    expect(made.issues.map(({ message }) => message)).toEqual([
      'Cluster a: there are two of that name; the first counts',
    ]);
  });
});
