import { type JsonObject, type JsonValue, toJson } from '@bufbuild/protobuf';
import type { ResourceType } from '@quintet/kube';
import { customResourceDefinition, ENVOY_FILTER, isOfSchema } from '@quintet/model';
import { EnvoyFilterSchema } from '@quintet/proto/istio/networking/v1alpha3/envoy_filter_pb.js';
import { eventually } from '@quintet/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningGalley, startGalley } from '../../../services/galley/src/testing/start-galley.ts';
import { type ControlPlane, startControlPlane } from './cluster.ts';
import { describeKubernetes as describe } from './describe-kubernetes.ts';
import { CRDS, NAMESPACES } from './kube-types.ts';
import { type McpReader, startMcpReader } from './mcp-reader.ts';

const TYPE: ResourceType = { ...ENVOY_FILTER, version: 'v1alpha3' };
const WAIT = { timeoutMs: 20_000 };

const patchOf = (name: string, typedConfig: JsonObject): JsonObject => ({
  configPatches: [
    {
      applyTo: 'HTTP_FILTER',
      match: { context: 'SIDECAR_INBOUND', listener: { portNumber: 8080 } },
      patch: { operation: 'INSERT_BEFORE', value: { name, typed_config: typedConfig } },
    },
  ],
});
const LUA = 'envoy.extensions.filters.http.lua.v3.Lua';
const TYPED = patchOf('envoy.filters.http.lua', {
  '@type': `type.googleapis.com/${LUA}`,
  defaultSourceCode: { inlineString: 'function envoy_on_request(handle) end' },
});
const OF_V2 = patchOf('envoy.lua', {
  '@type': 'type.googleapis.com/envoy.config.filter.http.lua.v2.Lua',
  inline_code: 'function envoy_on_request(handle) end',
});

let plane: ControlPlane;
let galley: RunningGalley;
let reader: McpReader;

beforeAll(async () => {
  plane = await startControlPlane();
  for (const name of ['istio-system', 'shop']) await plane.client.create(NAMESPACES, { metadata: { name } });
  const definition: JsonObject = JSON.parse(JSON.stringify(customResourceDefinition(ENVOY_FILTER)));
  await plane.client.create(CRDS, definition);
  await eventually(() => plane.client.list(TYPE), WAIT);
  for (const [name, spec] of Object.entries({ typed: TYPED, old: OF_V2 }))
    await plane.client.create(TYPE, {
      ...{ apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter' },
      ...{ metadata: { namespace: 'shop', name }, spec },
    });
  galley = await startGalley([
    ...['--insecure', '--server-address=tcp://127.0.0.1:0', `--kubeconfig=${plane.kubeconfig}`],
  ]);
  const address = `127.0.0.1:${galley.app.server.port()}`;
  reader = await startMcpReader({ address, collections: [ENVOY_FILTER.collection] });
});
afterAll(async () => {
  await reader?.stop();
  await galley?.stop();
  await plane?.stop();
});

const specOf = (name: string): JsonValue | undefined => {
  const object = reader.objects(ENVOY_FILTER.collection).get(`shop/${name}`);
  return object && isOfSchema(object, EnvoyFilterSchema) ? toJson(EnvoyFilterSchema, object.spec) : undefined;
};
const statusOf = async (name: string) =>
  (await plane.client.get(TYPE, { namespace: 'shop', name })).json.status;

describe('EnvoyFilters on an API server', () => {
  it('reach a sink as they were written', async () => {
    const describe = () => JSON.stringify([specOf('typed'), specOf('old')]);
    await reader.until(() => specOf('typed') !== undefined && specOf('old') !== undefined, { describe });
    expect(specOf('typed')).toEqual(TYPED);
    expect(specOf('old')).toEqual(OF_V2);
  });

  it('are told of with the type of v3 when they name one of v2', async () => {
    await eventually(async () => {
      expect(await statusOf('old')).toMatchObject({
        conditions: [{ type: 'Accepted', status: 'True' }],
        validationMessages: expect.arrayContaining([
          expect.objectContaining({ level: 'WARNING', message: expect.stringContaining(LUA) }),
        ]),
      });
      expect(await statusOf('typed')).toMatchObject({ conditions: [{ type: 'Accepted', status: 'True' }] });
    }, WAIT);
    expect(JSON.stringify(await statusOf('typed'))).not.toContain(LUA);
  });
});
