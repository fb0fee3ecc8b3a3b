import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isMessage } from '@bufbuild/protobuf';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { Authorization } from '@quintet/proto/envoy/service/auth/v3/external_auth_pb.js';
import { createChannel, createClient } from '@quintet/runtime';
import { createXdsClient, eventually, freePort, type XdsClient } from '@quintet/testkit';
import { ROUTE_TYPE } from '@quintet/xds';
import { afterEach, describe, expect, it } from 'vitest';
import { type ClassicGalley, startClassicGalley } from './classic-galley.ts';
import { type RunningService, serve } from './run-quintet.ts';

const FOLDER = resolve(import.meta.dirname, '../testdata/configuration/unrealised');
const file = (name: string): string => `---\n${readFileSync(resolve(FOLDER, name), 'utf8')}`;

const service = (timeout: string): string => `---
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.shop.svc.cluster.local]
  addresses: [10.0.0.7]
  ports: [{number: 9080, name: http, protocol: HTTP}]
  location: MESH_INTERNAL
  resolution: STATIC
  endpoints: [{address: 10.1.0.1}]
---
apiVersion: networking.istio.io/v1alpha3
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{timeout: ${timeout}, route: [{destination: {host: reviews}}]}]
`;
const tls = (more: string): string => `---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, trafficPolicy: {tls: {mode: SIMPLE${more}}}}
`;
const DENIED = `---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec:
  actions: [{handler: old-deny.denier, instances: [old-check.checknothing]}]
`;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function classicGalley(yaml: string): Promise<ClassicGalley> {
  const galley = await startClassicGalley(yaml);
  cleanups.push(galley.stop);
  return galley;
}

async function started(name: string, flags: readonly string[]): Promise<RunningService> {
  const running = await serve(name, flags);
  cleanups.push(running.stop);
  await running.ready();
  return running;
}

/** Messages of a service's log about objects that it rejects. */
function rejectedBy({ log }: RunningService): string {
  const lines = log().split('\n');
  return lines.filter((line) => line.includes('configuration rejected')).join('\n');
}

function timeoutsOf(client: XdsClient): (bigint | undefined)[] {
  const table = client.resources(ROUTE_TYPE).get('9080');
  if (!isMessage(table, RouteConfigurationSchema)) return [];
  return table.virtualHosts.flatMap(({ routes }) =>
    routes.map(({ action }) => (action.case === 'route' ? action.value.timeout?.seconds : undefined)),
  );
}

describe('what a classic galley hands out and is not realised', () => {
  it('is refused by pilot object by object, and everything else applies', async () => {
    const galley = await classicGalley(service('3s') + tls(''));
    const port = await freePort();
    const pilot = await started('pilot', [
      ...['--grpcAddr', `127.0.0.1:${port}`, '--secureGrpcAddr', '', '--httpAddr', ''],
      ...['--mcp-insecure', '--mcp-address', `127.0.0.1:${galley.port}`, '--debounce-after', '20ms'],
    ]);
    const channel = createChannel({ address: `127.0.0.1:${port}` });
    cleanups.push(() => channel.close());
    const node = { id: 'sidecar~10.1.0.9~client.shop~shop.svc.cluster.local', cluster: 'client' };
    const client = createXdsClient({ channel, form: 'sotw', node });
    cleanups.push(client.close);
    await client.until(() => timeoutsOf(client).includes(3n), 15_000);
    const restricting = file('rbac.yaml') + file('envoy-filter.yaml') + file('authorization.yaml');
    galley.publish(service('4s') + tls(', caCrl: /etc/crl.pem') + restricting);
    await client.until(() => timeoutsOf(client).includes(4n), 15_000);
    const rejected = rejectedBy(pilot);
    for (const path of ['ClusterRbacConfig', 'EnvoyFilter', 'remoteIpBlocks', 'spec.trafficPolicy.tls.caCrl'])
      expect(rejected).toContain(path);
    const issues = async () => {
      const text = await (await fetch(`http://${pilot.admin}/metrics`)).text();
      return /quintet_pilot_issues\{[^}]*severity="error"[^}]*\} (\d+)/.exec(text)?.[1];
    };
    expect(Number(await issues())).toBeGreaterThanOrEqual(5);
    galley.publish(service('5s') + tls(''));
    await client.until(() => timeoutsOf(client).includes(5n), 15_000);
    expect(await issues()).toBe('0');
  });

  it('is denied by mixer where it would decide', async () => {
    const galley = await classicGalley(file('legacy-mixer-kinds.yaml') + DENIED);
    const port = await freePort();
    const mixer = await started('mixer', [
      ...['--insecure', '--address', `127.0.0.1:${port}`, '--metrics-address', '127.0.0.1:0'],
      ...['--configStoreURL', `mcp://127.0.0.1:${galley.port}`, '--config-quiet-period=20ms'],
    ]);
    const channel = createChannel({ address: `127.0.0.1:${port}` });
    cleanups.push(() => channel.close());
    const question = { attributes: { request: { http: { method: 'GET', path: '/', host: 'reviews' } } } };
    await eventually(async () => {
      const { httpResponse } = await createClient(Authorization, channel).check(question);
      return httpResponse.case === 'deniedResponse' && httpResponse.value.status?.code === 503;
    });
    for (const kind of ['denier', 'checknothing'])
      expect(mixer.log()).toContain(`the kind ${kind} is not realised`);
  });
});
