import { create } from '@bufbuild/protobuf';
import { MESH_POLICY, makeConfigObject, VIRTUAL_SERVICE } from '@quintet/model';
import { PolicySchema } from '@quintet/proto/istio/authentication/v1alpha1/policy_pb.js';
import { ResourceSchema } from '@quintet/proto/istio/mcp/v1alpha1/mcp_pb.js';
import { VirtualServiceSchema } from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { describe, expect, it } from 'vitest';
import { fromResource, toResource } from './resource.ts';

const routes = makeConfigObject({
  kind: VIRTUAL_SERVICE,
  namespace: 'shop',
  name: 'reviews',
  spec: create(VirtualServiceSchema, { hosts: ['reviews'] }),
  createTime: 1580472000123,
  labels: { a: 'b' },
  annotations: { c: 'd' },
  origin: { file: '/etc/a:b.yaml', line: 7 },
});

describe('resources', () => {
  it('carry an object with its place, and back', () => {
    const resource = toResource(routes);
    expect(resource.metadata?.name).toBe('shop/reviews');
    expect(fromResource(VIRTUAL_SERVICE.collection, resource)).toEqual(routes);
  });

  it('have no namespace in their name when the object has none', () => {
    const policy = makeConfigObject({
      kind: MESH_POLICY,
      namespace: '',
      name: 'default',
      spec: create(PolicySchema),
    });
    expect(toResource(policy).metadata?.name).toBe('default');
    expect(fromResource(MESH_POLICY.collection, toResource(policy))).toEqual(policy);
  });

  it.each([
    [{ metadata: { name: 'a/b/c' } }, 'found "a/b/c"'],
    [{ metadata: { name: '/b' } }, 'found "/b"'],
    [{}, 'found ""'],
    [
      { metadata: { name: 'a/b' }, body: { typeUrl: 'type.googleapis.com/other.Type' } },
      'found "other.Type"',
    ],
    [
      {
        metadata: { name: 'a/b' },
        body: { typeUrl: 'x/istio.networking.v1alpha3.VirtualService', value: new Uint8Array([0xff]) },
      },
      'a/b: the body cannot be decoded',
    ],
  ])('that cannot be read are named: %j', (init, message) => {
    expect(() => fromResource(VIRTUAL_SERVICE.collection, create(ResourceSchema, init))).toThrow(message);
  });
});
