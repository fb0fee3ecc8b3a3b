import { create, fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { ClusterSchema } from '@quintet/proto/envoy/config/cluster/v3/cluster_pb.js';
import { ListenerSchema } from '@quintet/proto/envoy/config/listener/v3/listener_pb.js';
import { RouteConfigurationSchema } from '@quintet/proto/envoy/config/route/v3/route_pb.js';
import { HttpConnectionManagerSchema } from '@quintet/proto/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.js';
import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { describe, expect, it } from 'vitest';
import { createValidator } from './validate.ts';

const validator = createValidator(envoyRegistry);
const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });

const CLUSTERS: readonly (readonly [string, MessageInitShape<typeof ClusterSchema>, readonly string[]])[] = [
  ['is well', { name: 'a', connectTimeout: seconds(1) }, []],
  ['no name', {}, ['name: found "", expected at least 1 character']],
  [
    'a timeout of zero',
    { name: 'a', connectTimeout: seconds(0) },
    ['connect_timeout: found {"seconds":"0","nanos":0}, expected more than 0 s'],
  ],
  [
    'a number in a wrapper',
    { name: 'a', outlierDetection: { maxEjectionPercent: 101 } },
    ['outlier_detection.max_ejection_percent: found 101, expected at most 100'],
  ],
  [
    'a oneof not chosen, in a list',
    {
      name: 'a',
      loadAssignment: {
        clusterName: 'a',
        endpoints: [{ lbEndpoints: [{ hostIdentifier: { case: 'endpoint', value: { address: {} } } }] }],
      },
    },
    [
      'load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.address: found none, expected one of socket_address, pipe, envoy_internal_address',
    ],
  ],
];

describe('createValidator', () => {
  it.each(CLUSTERS)('%s', (_says, init, faults) => {
    const found = validator.validate(ClusterSchema, create(ClusterSchema, init));
    expect(found.map(({ path, message }) => `${path}: ${message}`)).toEqual(faults);
  });

  it('knows the values of an enum', () => {
    const cluster = fromBinary(ClusterSchema, Uint8Array.of(0x0a, 1, 0x61, 0x30, 99));
    expect(validator.validate(ClusterSchema, cluster)).toEqual([
      { path: 'lb_policy', message: 'found 99, expected a value of LbPolicy' },
    ]);
  });

  it('looks into Any', () => {
    const manager = anyPack(
      HttpConnectionManagerSchema,
      create(HttpConnectionManagerSchema, { statPrefix: '' }),
    );
    const filters = [{ name: 'hcm', configType: { case: 'typedConfig' as const, value: manager } }];
    const found = validator.validate(ListenerSchema, create(ListenerSchema, { filterChains: [{ filters }] }));
    expect(found.map(({ path }) => path)).toEqual([
      'filter_chains[0].filters[0].typed_config<HttpConnectionManager>.stat_prefix',
      'filter_chains[0].filters[0].typed_config<HttpConnectionManager>.route_specifier',
    ]);
  });

  it('checks headers', () => {
    const header = (key: string) => ({ requestHeadersToAdd: [{ header: { key, value: 'v' } }] });
    const names = (key: string) =>
      validator
        .validate(RouteConfigurationSchema, create(RouteConfigurationSchema, header(key)))
        .map(({ path }) => path);
    expect(names('x-good')).toEqual([]);
    expect(names('bad\nname')).toEqual(['request_headers_to_add[0].header.key']);
  });

  it('understands the rules of every message of the Envoy API', () => {
    for (const type of envoyRegistry) {
      if (type.kind === 'message') validator.validate(type, create(type));
    }
  });
});
