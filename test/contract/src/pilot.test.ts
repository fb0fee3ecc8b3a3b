import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterLoadAssignment } from '@quintet/proto/envoy/config/endpoint/v3/endpoint_pb.js';
import type { RouteConfiguration } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { createChannel } from '@quintet/runtime';
import { createXdsClient, freePort, makeTempDir, type XdsClient } from '@quintet/testkit';
import { CLUSTER_TYPE, ENDPOINT_TYPE, type Form, LISTENER_TYPE, ROUTE_TYPE } from '@quintet/xds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startClassicGalley } from './classic-galley.ts';
import { type RunningService, serve } from './run-quintet.ts';

const SERVICE = `apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  addresses: [10.0.0.7]
  ports: [{number: 9080, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints:
  - {address: 10.1.0.1, labels: {app: reviews, version: v1}}
  - {address: 10.1.0.2, labels: {app: reviews, version: v2}}
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec:
  host: reviews
  subsets:
  - {name: v1, labels: {version: v1}}
  - {name: v2, labels: {version: v2}}
---
`;
const route = (subset: string): string => `${SERVICE}apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http:
  - route:
    - destination: {host: reviews, subset: ${subset}}
`;
const V1 = 'outbound|9080|v1|reviews.shop.svc.cluster.local';
const V2 = 'outbound|9080|v2|reviews.shop.svc.cluster.local';

/** Sources of configuration that pilot lives from; `write` replaces everything they hand out. */
const SOURCES = {
  'our galley': async () => {
    const temp = await makeTempDir();
    const port = await freePort();
    const write = (yaml: string) => writeFile(join(temp.path, 'all.yaml'), yaml);
    await write(route('v1'));
    const galley = await serve('galley', [
      ...['--configPath', temp.path, '--insecure', '--server-address', `127.0.0.1:${port}`],
    ]);
    const stop = async () => {
      await galley.stop();
      await temp.remove();
    };
    return { port, write, stop };
  },
  'a classic galley': async () => {
    const galley = await startClassicGalley(route('v1'));
    return { port: galley.port, write: async (yaml: string) => galley.publish(yaml), stop: galley.stop };
  },
};

describe.each(Object.entries(SOURCES))('pilot on its own, fed by %s', (_, start) => {
  let source: Awaited<ReturnType<typeof start>>;
  let pilot: RunningService;
  let port: number;

  beforeAll(async () => {
    source = await start();
    port = await freePort();
    pilot = await serve('pilot', [
      ...[
        '--grpcAddr',
        `127.0.0.1:${port}`,
        '--secureGrpcAddr',
        '',
        '--httpAddr',
        `127.0.0.1:${await freePort()}`,
      ],
      ...['--mcp-insecure', '--mcp-address', `127.0.0.1:${source.port}`, '--debounce-after', '20ms'],
      ...['--keepaliveMaxServerConnectionAge', '30m', '--registries=MCP'],
    ]);
    await pilot.ready();
  });
  afterAll(async () => {
    expect(await pilot.stop()).toBe(0);
    await source.stop();
  });

  const connect = (form: Form) => {
    const channel = createChannel({ address: `127.0.0.1:${port}` });
    const node = { id: 'sidecar~10.1.0.9~client.shop~shop.svc.cluster.local', cluster: 'client' };
    const client = createXdsClient({ channel, form, node });
    return { client, close: async () => [await client.close(), channel.close()] };
  };

  it.each(['sotw', 'delta'] as const)(
    'serves a client without certificates (%s), and its changes',
    async (form) => {
      await source.write(route('v1'));
      const { client, close } = connect(form);
      await client.until((held) => clusterOf(held) === V1, 15_000);
      expect([...client.resources(CLUSTER_TYPE).keys()]).toEqual(expect.arrayContaining([V1, V2]));
      expect(addressesOf(client, V2)).toEqual(['10.1.0.2']);
      expect(client.resources(LISTENER_TYPE).size).toBeGreaterThan(0);
      await source.write(route('v2'));
      await client.until((held) => clusterOf(held) === V2, 15_000);
      await close();
    },
  );
});

/** The cluster that requests to reviews go to. */
function clusterOf(client: XdsClient): string | undefined {
  const configuration = client.resources(ROUTE_TYPE).get('9080') as RouteConfiguration | undefined;
  const host = configuration?.virtualHosts.find(({ domains }) =>
    domains.includes('reviews.shop.svc.cluster.local'),
  );
  const action = host?.routes[0]?.action;
  if (action?.case !== 'route' || action.value.clusterSpecifier.case !== 'cluster') return undefined;
  return action.value.clusterSpecifier.value;
}

function addressesOf(client: XdsClient, cluster: string): (string | undefined)[] {
  const assignment = client.resources(ENDPOINT_TYPE).get(cluster) as ClusterLoadAssignment | undefined;
  return (assignment?.endpoints ?? []).flatMap(({ lbEndpoints }) =>
    lbEndpoints.map(({ hostIdentifier }) => {
      const address = hostIdentifier.case === 'endpoint' ? hostIdentifier.value.address?.address : undefined;
      return address?.case === 'socketAddress' ? address.value.address : undefined;
    }),
  );
}
