import { envoyRegistry } from '@quintet/proto/envoy-registry';
import { describe, expect, it } from 'vitest';
import { checkDocuments } from '../check.ts';
import { v3Field, v3TypeName } from './envoy-v2.ts';
import { createEnvoyValueCheck } from './envoy-value.ts';

const alsoCheck = createEnvoyValueCheck(envoyRegistry);

/** All problems of an EnvoyFilter but that it is not realised. */
function problems(spec: string): string[] {
  const text = `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x}\nspec: ${spec}\n`;
  return checkDocuments(text, { file: 'x.yaml', alsoCheck })
    .issues.filter(({ code }) => code !== 'QTT2002')
    .map(({ severity, path, message }) => {
      return `${severity === 'error' ? '' : `${severity} `}${path}: ${message}`;
    });
}

const patches = (fields: string): string => `{configPatches: [{${fields}}]}`;
const valued = (applyTo: string, value: string): string =>
  patches(`applyTo: ${applyTo}, patch: {operation: MERGE, value: ${value}}`);
const at = (path: string): string => `spec.configPatches[0].${path}`;

describe('an EnvoyFilter may be', () => {
  it.each([
    valued(
      'CLUSTER',
      '{connect_timeout: 5s, lbPolicy: RANDOM, circuit_breakers: {thresholds: [{max_retries: 3}]}}',
    ),
    valued(
      'HTTP_FILTER',
      '{name: envoy.filters.http.lua, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, inlineCode: "x"}}',
    ),
    valued(
      'HTTP_FILTER',
      '{name: wasm, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, type_url: type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm, value: {config: {a: 1}}}}',
    ),
    valued('VIRTUAL_HOST', '{rate_limits: [{actions: [{remote_address: {}}]}], require_tls: ALL}'),
    valued('HTTP_ROUTE', '{route: {timeout: 0s, hash_policy: [{header: {header_name: x}}]}}'),
    patches('applyTo: CLUSTER, match: {cluster: {service: a.com}}, patch: {operation: REMOVE}'),
    patches(
      'applyTo: HTTP_FILTER, match: {context: GATEWAY, proxy: {proxyVersion: "^1\\\\.4.*"}, listener: {portNumber: 80, filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}, patch: {operation: INSERT_BEFORE, value: {name: a}}',
    ),
    '{workloadSelector: {labels: {app: a}}, configPatches: [{applyTo: LISTENER_FILTER, match: {listener: {}}, patch: {operation: ADD, value: {name: x}}}]}',
    '{workloadLabels: {app: a}, filters: [{listenerMatch: {address: [10.0.0.0/8]}, filterType: HTTP, filterName: custom, filterConfig: {a: 1}}]}',
  ])('%s', (spec) => {
    expect(problems(spec)).toEqual([]);
  });
});

describe('an EnvoyFilter may not be', () => {
  it.each([
    ['{}', ['spec.configPatches: expected at least one patch, found none']],
    [
      '{workloadSelector: {}, configPatches: [{}]}',
      [
        'spec.workloadSelector.labels: expected at least one label, found none',
        `${at('applyTo')}: expected a kind of object, found none`,
        `${at('patch')}: expected a patch, found none`,
      ],
    ],
    [
      '{workloadSelector: {labels: {a: "*"}}, configPatches: [{applyTo: CLUSTER, patch: {}}]}',
      [
        'spec.workloadSelector.labels.a: a selector has no stars, found "a=*"',
        `${at('patch.operation')}: expected an operation, found none`,
        `${at('patch.value')}: expected a value, found none: only REMOVE needs none`,
      ],
    ],
    [
      patches(
        'applyTo: CLUSTER, match: {proxy: {proxyVersion: "("}, listener: {}}, patch: {operation: REMOVE}',
      ),
      [
        expect.stringContaining('match.proxy.proxyVersion: expected a regular expression'),
        `${at('match.listener')}: CLUSTER is matched by cluster: expected no listener`,
      ],
    ],
    [
      patches('applyTo: VIRTUAL_HOST, match: {cluster: {}}, patch: {operation: REMOVE}'),
      [`${at('match.cluster')}: VIRTUAL_HOST is matched by routeConfiguration: expected no cluster`],
    ],
    [
      patches(
        'applyTo: NETWORK_FILTER, match: {listener: {filterChain: {filter: {subFilter: {}}}}}, patch: {operation: REMOVE}',
      ),
      [
        `${at('match.listener.filterChain.filter.name')}: expected the name of a filter, found none`,
        `${at('match.listener.filterChain.filter.subFilter')}: only HTTP_FILTER is matched by subFilter: expected none with NETWORK_FILTER`,
        `${at('match.listener.filterChain.filter.subFilter.name')}: expected the name of a filter, found none`,
      ],
    ],
    [
      patches(
        'applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: {name: envoy.filters.network.tcp_proxy, subFilter: {name: a}}}}}, patch: {operation: REMOVE}',
      ),
      [
        `${at('match.listener.filterChain.filter.name')}: subFilter is inside "envoy.filters.network.http_connection_manager", found "envoy.filters.network.tcp_proxy"`,
      ],
    ],
    [
      '{filters: [{insertPosition: {index: BEFORE}}]}',
      [
        'spec.filters[0].insertPosition.relativeTo: BEFORE needs the name of a filter, found none',
        'spec.filters[0].filterType: expected HTTP or NETWORK, found none',
        'spec.filters[0].filterName: expected the name of a filter, found none',
        'spec.filters[0].filterConfig: expected a configuration, found none',
      ],
    ],
    [
      valued(
        'CLUSTER',
        '{conect_timeout: 5s, lb_policy: FAST, circuit_breakers: {thresholds: {max_retries: 3}}}',
      ),
      [
        `${at('patch.value.conect_timeout')}: unknown field "conect_timeout" in Cluster; did you mean "connectTimeout"?`,
        expect.stringContaining(`${at('patch.value.lb_policy')}: expected one of ROUND_ROBIN`),
        `${at('patch.value.circuit_breakers.thresholds')}: expected a list, found a map`,
      ],
    ],
    [
      valued(
        'HTTP_FILTER',
        '{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua, code: "x"}}',
      ),
      [`${at('patch.value.typed_config.code')}: unknown field "code" in Lua`],
    ],
    [
      valued(
        'HTTP_FILTER',
        '{name: a, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Ruter}}',
      ),
      [
        `${at('patch.value.typed_config.@type')}: expected a type of Envoy's API v3, found "type.googleapis.com/envoy.extensions.filters.http.router.v3.Ruter"; did you mean "envoy.extensions.filters.http.router.v3.Router"?`,
      ],
    ],
    [
      valued('HTTP_FILTER', '{name: a, typed_config: {x: 1}}'),
      [`${at('patch.value.typed_config')}: expected a map with "@type", found a map`],
    ],
  ])('%s', (spec, expected) => {
    expect(problems(spec)).toEqual(expected);
  });
});

describe("what is of Envoy's API v2 is a warning that names its form in v3", () => {
  it.each([
    [
      valued(
        'HTTP_FILTER',
        '{name: envoy.lua, typed_config: {"@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua, inline_code: x}}',
      ),
      [
        `warning ${at('patch.value.typed_config.@type')}: "type.googleapis.com/envoy.config.filter.http.lua.v2.Lua" is of Envoy's API v2; in v3 it is "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"`,
        `warning ${at('patch.value.name')}: "envoy.lua" is the name in Envoy's API v2; in v3 it is "envoy.filters.http.lua"`,
      ],
    ],
    [
      valued('HTTP_FILTER', '{name: envoy.lua, config: {inlineCode: x}}'),
      [
        `warning ${at('patch.value.name')}: "envoy.lua" is the name in Envoy's API v2; in v3 it is "envoy.filters.http.lua"`,
        `warning ${at('patch.value.config')}: the field is of Envoy's API v2; in v3 it is typed_config with "@type" "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"`,
      ],
    ],
    [
      valued('CLUSTER', '{hosts: [{socket_address: {address: a}}], tlsContext: {}}'),
      [
        `warning ${at('patch.value.hosts')}: the field is of Envoy's API v2; in v3 it is load_assignment`,
        `warning ${at('patch.value.tlsContext')}: the field is of Envoy's API v2; in v3 it is transport_socket with UpstreamTlsContext`,
      ],
    ],
    [
      patches(
        'applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: {name: envoy.http_connection_manager, subFilter: {name: envoy.router}}}}}, patch: {operation: INSERT_BEFORE, value: {name: a, typed_config: {"@type": type.googleapis.com/istio.x.Y}}}',
      ),
      [
        `warning ${at('match.listener.filterChain.filter.name')}: "envoy.http_connection_manager" is the name in Envoy's API v2; in v3 it is "envoy.filters.network.http_connection_manager"`,
        `warning ${at('match.listener.filterChain.filter.subFilter.name')}: "envoy.router" is the name in Envoy's API v2; in v3 it is "envoy.filters.http.router"`,
        `warning ${at('patch.value.typed_config.@type')}: the type "type.googleapis.com/istio.x.Y" is not known here: its value is not checked`,
      ],
    ],
    [
      '{filters: [{filterType: HTTP, filterName: envoy.lua, insertPosition: {index: AFTER, relativeTo: envoy.cors}, filterConfig: {inlineCode: x, y: 1}}]}',
      [
        `warning spec.filters[0].filterName: "envoy.lua" is the name in Envoy's API v2; in v3 it is "envoy.filters.http.lua"`,
        `warning spec.filters[0].insertPosition.relativeTo: "envoy.cors" is the name in Envoy's API v2; in v3 it is "envoy.filters.http.cors"`,
        'warning spec.filters[0].filterConfig.y: unknown field "y" in Lua',
      ],
    ],
  ])('%s', (spec, expected) => {
    expect(problems(spec)).toEqual(expected);
  });

  it.each([
    ['envoy.api.v2.Cluster', 'envoy.config.cluster.v3.Cluster'],
    ['envoy.api.v2.ClusterLoadAssignment', 'envoy.config.endpoint.v3.ClusterLoadAssignment'],
    ['envoy.api.v2.RouteConfiguration', 'envoy.config.route.v3.RouteConfiguration'],
    ['envoy.api.v2.Listener', 'envoy.config.listener.v3.Listener'],
    ['envoy.api.v2.core.Address', 'envoy.config.core.v3.Address'],
    ['envoy.api.v2.auth.UpstreamTlsContext', 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'],
    [
      'envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager',
      'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    ],
    [
      'envoy.config.filter.http.jwt_authn.v2alpha.JwtAuthentication',
      'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
    ],
    ['envoy.config.filter.http.ext_authz.v2.ExtAuthz', 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz'],
    [
      'envoy.config.filter.http.rate_limit.v2.RateLimit',
      'envoy.extensions.filters.http.ratelimit.v3.RateLimit',
    ],
    [
      'envoy.config.filter.network.tcp_proxy.v2.TcpProxy',
      'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
    ],
    ['envoy.config.accesslog.v2.FileAccessLog', 'envoy.extensions.access_loggers.file.v3.FileAccessLog'],
    [
      'envoy.config.accesslog.v2.HttpGrpcAccessLogConfig',
      'envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig',
    ],
    ['envoy.config.filter.accesslog.v2.AccessLog', 'envoy.config.accesslog.v3.AccessLog'],
    ['envoy.config.rbac.v2.RBAC', 'envoy.config.rbac.v3.RBAC'],
    ['envoy.config.trace.v2.ZipkinConfig', 'envoy.config.trace.v3.ZipkinConfig'],
    ['envoy.config.bootstrap.v2.Bootstrap', 'envoy.config.bootstrap.v3.Bootstrap'],
    ['envoy.type.matcher.StringMatcher', 'envoy.type.matcher.v3.StringMatcher'],
    ['envoy.type.FractionalPercent', 'envoy.type.v3.FractionalPercent'],
  ])('%s is %s', (v2, v3) => {
    expect(v3TypeName(v2)).toBe(v3);
    expect(v3TypeName(v3)).toBeUndefined();
  });

  it('no type of v3 is taken for one of v2', () => {
    const names = [...envoyRegistry].flatMap((each) => (each.kind === 'message' ? [each.typeName] : []));
    expect(names.filter((name) => v3TypeName(name) !== undefined)).toEqual([]);
  });

  it('no field that v3 has is taken for one of v2', () => {
    const fields = [...envoyRegistry].flatMap((each) =>
      each.kind === 'message' ? each.fields.map(({ name }) => [each.typeName, name] as const) : [],
    );
    expect(fields.filter(([typeName, name]) => v3Field(typeName, name) !== undefined)).toEqual([]);
  });
});
