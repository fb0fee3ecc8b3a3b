import { StructSchema } from '@bufbuild/protobuf/wkt';
import {
  AttributeManifestSchema,
  HandlerSchema,
  InstanceSchema,
  RuleSchema,
} from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import {
  validateAttributeManifest,
  validateHandler,
  validateInstance,
  validateRule,
} from '../validate/mixer.ts';
import { defineKind, type Kind } from './kind.ts';

const api = { group: 'config.istio.io', versions: ['v1alpha2'] } as const;

export const ATTRIBUTE_MANIFEST = defineKind({
  ...api,
  kind: 'attributemanifest',
  plural: 'attributemanifests',
  collection: 'istio/policy/v1beta1/attributemanifests',
  schema: AttributeManifestSchema,
  validate: validateAttributeManifest,
});

export const RULE = defineKind({
  ...api,
  kind: 'rule',
  plural: 'rules',
  collection: 'istio/policy/v1beta1/rules',
  schema: RuleSchema,
  validate: validateRule,
});

export const HANDLER = defineKind({
  ...api,
  kind: 'handler',
  plural: 'handlers',
  collection: 'istio/policy/v1beta1/handlers',
  schema: HandlerSchema,
  validate: validateHandler,
});

export const INSTANCE = defineKind({
  ...api,
  kind: 'instance',
  plural: 'instances',
  collection: 'istio/policy/v1beta1/instances',
  schema: InstanceSchema,
  validate: validateInstance,
});

/** Adapters in other processes; their descriptor is interpreted by mixer. */
export const ADAPTER = defineKind({
  ...api,
  kind: 'adapter',
  plural: 'adapters',
  collection: 'istio/config/v1alpha2/adapters',
  schema: StructSchema,
});

/** Templates of adapters in other processes. */
export const TEMPLATE = defineKind({
  ...api,
  kind: 'template',
  plural: 'templates',
  collection: 'istio/config/v1alpha2/templates',
  schema: StructSchema,
});

const LEGACY: readonly (readonly [kind: string, plural: string])[] = [
  ['apikey', 'apikeys'],
  ['authorization', 'authorizations'],
  ['bypass', 'bypasses'],
  ['checknothing', 'checknothings'],
  ['circonus', 'circonuses'],
  ['cloudwatch', 'cloudwatches'],
  ['denier', 'deniers'],
  ['dogstatsd', 'dogstatsds'],
  ['edge', 'edges'],
  ['fluentd', 'fluentds'],
  ['kubernetes', 'kuberneteses'],
  ['kubernetesenv', 'kubernetesenvs'],
  ['listchecker', 'listcheckers'],
  ['listentry', 'listentries'],
  ['logentry', 'logentries'],
  ['memquota', 'memquotas'],
  ['metric', 'metrics'],
  ['noop', 'noops'],
  ['opa', 'opas'],
  ['prometheus', 'prometheuses'],
  ['quota', 'quotas'],
  ['rbac', 'rbacs'],
  ['redisquota', 'redisquotas'],
  ['reportnothing', 'reportnothings'],
  ['signalfx', 'signalfxs'],
  ['solarwinds', 'solarwindses'],
  ['stackdriver', 'stackdrivers'],
  ['statsd', 'statsds'],
  ['stdio', 'stdios'],
  ['tracespan', 'tracespans'],
  ['zipkin', 'zipkins'],
];

/** The kinds of the first mixer API: one kind for each adapter and template. */
export const LEGACY_MIXER_KINDS: readonly Kind[] = LEGACY.map(([kind, plural]) =>
  defineKind({
    ...api,
    kind,
    plural,
    collection: `istio/config/v1alpha2/legacy/${plural}`,
    schema: StructSchema,
  }),
);
