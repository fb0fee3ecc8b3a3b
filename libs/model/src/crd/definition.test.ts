import { StructSchema } from '@bufbuild/protobuf/wkt';
import { DestinationRuleSchema } from '@quintet/proto/istio/networking/v1alpha3/destination_rule_pb.js';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../kinds/kinds.ts';
import { DESTINATION_RULE, VIRTUAL_SERVICE } from '../kinds/networking.ts';
import { customResourceDefinition } from './definition.ts';
import { crdManifests } from './manifests.ts';
import { messageSchema, type Schema } from './schema.ts';

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** The node of a schema below the names of fields; `[]` goes into the items of a list or the values of a map. */
function at(schema: Schema, ...path: readonly string[]): Schema {
  return path.reduce<Schema>((node, step) => {
    const below = step === '[]' ? (node.items ?? node.additionalProperties) : node.properties;
    const next = step === '[]' || !isSchema(below) ? below : below[step];
    if (!isSchema(next)) throw new TypeError(`no ${step} in ${path.join('.')}`);
    return next;
  }, schema);
}

/** Every node that stands in the place of a value: what a structural schema has rules for. */
function nodes(schema: Schema): Schema[] {
  const inner = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [schema, ...inner.filter(isSchema).flatMap(nodes)];
}

describe('the schema of a spec', () => {
  const schema = messageSchema(DestinationRuleSchema);

  it('types fields, and takes every spelling that the decoder takes', () => {
    expect(at(schema, 'host')).toEqual({ type: 'string', nullable: true });
    expect(at(schema, 'exportTo')).toEqual({ type: 'array', nullable: true, items: { type: 'string' } });
    expect(at(schema, 'trafficPolicy', 'loadBalancer', 'simple')).toEqual({
      'x-kubernetes-int-or-string': true,
      enum: [
        'ROUND_ROBIN',
        'LEAST_CONN',
        'RANDOM',
        'PASSTHROUGH',
        'UNSPECIFIED',
        'LEAST_REQUEST',
        0,
        1,
        2,
        3,
        5,
      ],
    });
    expect(at(schema, 'trafficPolicy', 'connectionPool', 'tcp', 'connectTimeout')).toEqual({
      type: 'string',
      nullable: true,
    });
    expect(at(schema, 'trafficPolicy', 'outlierDetection', 'consecutive5xxErrors')).toEqual({
      'x-kubernetes-int-or-string': true,
      nullable: true,
      minimum: 0,
    });
    expect(at(schema, 'subsets', '[]', 'labels')).toEqual({
      type: 'object',
      nullable: true,
      additionalProperties: { type: 'string' },
    });
  });

  it('takes at most one field of a oneof', () => {
    const { oneOf } = at(schema, 'trafficPolicy', 'loadBalancer');
    const members = [{ required: ['simple'] }, { required: ['consistentHash'] }];
    expect(oneOf).toEqual([{ not: { anyOf: members } }, ...members]);
    expect(at(schema, 'trafficPolicy', 'loadBalancer', 'consistentHash').allOf).toHaveLength(2);
  });

  it('leaves a Struct open', () => {
    expect(messageSchema(StructSchema)).toEqual({
      type: 'object',
      nullable: true,
      'x-kubernetes-preserve-unknown-fields': true,
    });
  });
});

describe('the manifests', () => {
  it.each(KINDS.filter(({ written }) => written))('are structural and open for $kind', (kind) => {
    for (const node of nodes(messageSchema(kind.schema))) {
      const typed = 'type' in node !== 'x-kubernetes-int-or-string' in node;
      expect(typed || node['x-kubernetes-preserve-unknown-fields'] === true).toBe(true);
      if (node.type === 'object' && node.additionalProperties === undefined)
        expect(node['x-kubernetes-preserve-unknown-fields']).toBe(true);
      if (node.type === 'array') expect(node.items).toBeDefined();
    }
  });

  it('serve every version and store the first', () => {
    expect(customResourceDefinition(VIRTUAL_SERVICE)).toMatchObject({
      metadata: { name: 'virtualservices.networking.istio.io', labels: { app: 'istio-pilot' } },
      spec: {
        scope: 'Namespaced',
        names: {
          kind: 'VirtualService',
          listKind: 'VirtualServiceList',
          singular: 'virtualservice',
          shortNames: ['vs'],
          categories: ['istio-io', 'networking-istio-io'],
        },
        versions: [
          { name: 'v1alpha3', served: true, storage: true, subresources: { status: {} } },
          { name: 'v1beta1', served: true, storage: false },
          { name: 'v1', served: true, storage: false },
        ],
      },
    });
  });

  it('show the classic columns', () => {
    const { spec } = customResourceDefinition(DESTINATION_RULE);
    expect(spec).toMatchObject({
      versions: [
        { additionalPrinterColumns: [{ name: 'Host', jsonPath: '.spec.host' }, { name: 'Age' }] },
        {},
        {},
      ],
    });
  });

  it('are a file for each API group', () => {
    expect(Object.keys(crdManifests()).sort()).toEqual([
      'authentication.istio.io.yaml',
      'config.istio.io.yaml',
      'networking.istio.io.yaml',
      'rbac.istio.io.yaml',
      'security.istio.io.yaml',
    ]);
  });
});
