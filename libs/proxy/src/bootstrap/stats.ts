import type { JsonObject } from '@bufbuild/protobuf';
import type { StatsInclusion } from './bootstrap-options.ts';

/** Which metrics Envoy keeps, and which parts of their names become labels. */
export function statsConfig(inclusion: StatsInclusion): JsonObject {
  return {
    stats_config: {
      use_all_default_tags: false,
      stats_tags: STATS_TAGS.map(([tag_name, regex]) => ({ tag_name, regex })),
      stats_matcher: {
        inclusion_list: {
          patterns: [
            ...[...INCLUDED_PREFIXES, ...inclusion.prefixes].map((prefix) => ({ prefix })),
            ...[...INCLUDED_SUFFIXES, ...inclusion.suffixes].map((suffix) => ({ suffix })),
            ...inclusion.patterns.map((regex) => ({ safe_regex: { regex } })),
          ],
        },
      },
    },
  };
}

/** The classic list: a sidecar keeps few metrics, or the scrape of a large mesh drowns in them. */
const INCLUDED_PREFIXES = [
  'cluster_manager',
  'listener_manager',
  'server',
  'cluster.xds-grpc',
  'cluster.sds-grpc',
  'component',
  'istio_',
];
const INCLUDED_SUFFIXES = ['ssl_context_update_by_sds'];

/** What may follow the cluster's name in the name of a metric. Names of hosts have dots, so the end must be known. */
const AFTER_CLUSTER = [
  'assignment_',
  'bind_errors',
  'canary\\.',
  'circuit_breakers\\.',
  'client_ssl',
  'default\\.',
  'external\\.',
  'health_check\\.',
  'http[12]\\.',
  'init_fetch_timeout',
  'internal\\.',
  'lb_',
  'max_host_weight',
  'membership_',
  'original_dst_host_invalid',
  'outlier_detection\\.',
  'retry_or_shadow_abandoned',
  'ssl\\.',
  'update_',
  'upstream_',
  'version',
  'warming_state',
  'zone\\.',
].join('|');

/** The same for listeners and for connection managers, whose names hold addresses. */
const AFTER_LISTENER =
  'connections_accepted|downstream_|extension_config|http\\.|no_filter_chain|server_ssl|ssl\\.|worker_';
const AFTER_MANAGER =
  'downstream_|ext_authz|fault\\.|jwt_authn|no_cluster|no_route|rbac\\.|rds\\.|rq_|tracing\\.';

/** Label and pattern (RE2): the first group is taken out of the name, the second is the label's value. */
const STATS_TAGS: readonly (readonly [string, string])[] = [
  ['cluster_name', `^cluster\\.((.+?)\\.)(?:${AFTER_CLUSTER})`],
  ['tcp_prefix', '^tcp\\.((.+?)\\.)(?:\\w+)$'],
  ['response_code', '_rq(_(\\d{3}))$'],
  ['response_code_class', '_rq(_(\\dxx))$'],
  ['http_conn_manager_listener_prefix', '^listener\\..+?\\.http\\.((.+?)\\.)(?:downstream_)'],
  ['http_conn_manager_prefix', `^http\\.((.+?)\\.)(?:${AFTER_MANAGER})`],
  ['listener_address', `^listener\\.((.+?)\\.)(?:${AFTER_LISTENER})`],
  ['mongo_prefix', '^mongo\\.((.+?)\\.)(?:cmd|collection|cx_|decoding_|delays_|op_)'],
];
