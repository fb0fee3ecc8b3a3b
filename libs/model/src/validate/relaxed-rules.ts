/** A rule of the classic API that a later release relaxed. The relaxed rule holds for all versions of the kinds. */
export type RelaxedRule = {
  readonly kinds: readonly string[];
  /** The field below `spec`, without indices. */
  readonly field: string;
  /** What the classic API asks for. */
  readonly classic: string;
  /** What is asked for here. */
  readonly here: string;
  /** YAML of a spec that the classic API refuses and that is accepted here, for the first of the kinds. */
  readonly example: string;
};

const ROUTE = 'route: [{destination: {host: a}}]';

/**
 * The relaxed rules: the API server stores one version of an object and serves it in all, so that a rule cannot depend
 * on the version somebody wrote. The documentation is printed from this table.
 */
export const RELAXED_RULES: readonly RelaxedRule[] = [
  {
    kinds: ['VirtualService', 'DestinationRule', 'ServiceEntry'],
    field: 'exportTo',
    classic: 'one entry at most',
    here: 'any number of namespaces; `*` stands alone',
    example: `{hosts: [a.b], exportTo: [., other], http: [{${ROUTE}}]}`,
  },
  {
    kinds: ['VirtualService'],
    field: 'http.route.weight, tcp.route.weight, tls.route.weight',
    classic: 'with several destinations the weights are 100 together',
    here: 'a share of the sum of the weights, which is not 0',
    example:
      '{hosts: [a.b], http: [{route: [{destination: {host: a}, weight: 2}, {destination: {host: b}, weight: 1}]}]}',
  },
  {
    kinds: ['VirtualService'],
    field: 'hosts',
    classic: 'at least one host',
    here: 'none for a delegate: HTTP routes that other virtual services lead to',
    example: `{http: [{${ROUTE}}]}`,
  },
  {
    kinds: ['VirtualService'],
    field: 'http',
    classic: 'each route has route or redirect',
    here: 'each route has route, redirect, directResponse or delegate',
    example: '{hosts: [a.b], http: [{directResponse: {status: 404}}]}',
  },
  {
    kinds: ['VirtualService'],
    field: 'http.redirect',
    classic: 'uri or authority',
    here: 'uri, prefixRewrite, authority, scheme, port or derivePort',
    example: '{hosts: [a.b], http: [{redirect: {scheme: https}}]}',
  },
  {
    kinds: ['VirtualService'],
    field: 'http.fault.abort',
    classic: 'httpStatus',
    here: 'httpStatus or grpcStatus',
    example: `{hosts: [a.b], http: [{fault: {abort: {grpcStatus: UNAVAILABLE}}, ${ROUTE}}]}`,
  },
  {
    kinds: ['ServiceEntry'],
    field: 'endpoints',
    classic: 'at least one with resolution STATIC',
    here: 'none where workloadSelector names the workloads',
    example:
      '{hosts: [a.b], ports: [{number: 80, name: http}], resolution: STATIC, workloadSelector: {labels: {a: b}}}',
  },
  {
    kinds: ['ServiceEntry'],
    field: 'endpoints.address',
    classic: 'always an address',
    here: 'may be empty where network says how to get there',
    example:
      '{hosts: [a.b], ports: [{number: 80, name: http}], resolution: STATIC, endpoints: [{network: east}]}',
  },
  {
    kinds: ['Sidecar'],
    field: 'egress',
    classic: 'at least one listener',
    here: 'none where ingress, outboundTrafficPolicy or inboundConnectionPool is set; everything can be reached then',
    example: '{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}',
  },
  {
    kinds: ['Sidecar'],
    field: 'ingress.defaultEndpoint',
    classic: '127.0.0.1:PORT or unix:///path',
    here: 'also 0.0.0.0:PORT for the address of the workload, [::1]:PORT and [::]:PORT',
    example:
      '{ingress: [{port: {number: 80, name: http, protocol: HTTP}, defaultEndpoint: "0.0.0.0:8080"}], egress: [{hosts: ["*/*"]}]}',
  },
  {
    kinds: ['AuthorizationPolicy'],
    field: 'rules.when.key',
    classic: 'no `remote.ip`; `request.auth.claims` with one name',
    here: '`remote.ip`; `request.auth.claims[a][b]` for claims inside claims',
    example: '{rules: [{when: [{key: remote.ip, values: [192.0.2.0/24]}]}]}',
  },
];
