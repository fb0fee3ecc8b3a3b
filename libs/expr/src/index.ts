export type { Call, Constant, Expression, Variable } from './ast.ts';
export { attributeNames, formatExpression } from './ast.ts';
export { check } from './check.ts';
export type { Program } from './compile.ts';
export { compile } from './compile.ts';
export { formatDuration, parseDuration } from './duration.ts';
export { isMap } from './equality.ts';
export type { EvalInput, EvalOutput } from './eval-json.ts';
export { evalJson, evalJsonLine, manifestFromJson } from './eval-json.ts';
export { parseExactJson } from './exact-json.ts';
export { Fault } from './fault.ts';
export { matchGlob } from './functions.ts';
export { intern } from './intern.ts';
export { asV4, formatIp, ipEquals, parseIp } from './ip-address.ts';
export type { Json } from './json-value.ts';
export { valueFromJson, valueToJson } from './json-value.ts';
export type { AttributeManifest } from './manifest.ts';
export { mergeManifests } from './manifest.ts';
export { denierProblems } from './mixer-config/adapters/denier.ts';
export { durationMs } from './mixer-config/adapters/duration-problems.ts';
export { LIST_DEFAULTS, listProblems } from './mixer-config/adapters/list.ts';
export {
  prometheusLabelName,
  prometheusMetricName,
  prometheusProblems,
} from './mixer-config/adapters/prometheus.ts';
export { bucketLimits } from './mixer-config/adapters/prometheus-buckets.ts';
export { DEFAULT_DEDUPLICATION_MS, memQuotaProblems } from './mixer-config/adapters/quotas.ts';
export { CLASSIC_ADAPTERS } from './mixer-config/classic-adapters.ts';
export { CLASSIC_TEMPLATES } from './mixer-config/classic-templates.ts';
export { type MixerFinding, mixerConfigFindings, mixerFindingsIn } from './mixer-config/config-findings.ts';
export { mergeAttributeManifests } from './mixer-config/merge-manifests.ts';
export { MIXER_ANALYZER } from './mixer-config/mixer-analyzer.ts';
export { type MixerWorld, mixerWorld } from './mixer-config/mixer-world.ts';
export { mixerObjectFindings } from './mixer-config/object-findings.ts';
export { type ObjectReference, parseReference } from './mixer-config/references.ts';
export type { TemplateVariety } from './mixer-config/template.ts';
export { MAX_DEPTH, MAX_LENGTH, parse } from './parse.ts';
export type { Knowledge, PartialBag } from './partial.ts';
export { partialEvaluate } from './partial.ts';
export type { Reference, TrackingBag } from './references.ts';
export { formatReferences, trackReferences } from './references.ts';
export { regexMatcher } from './regex.ts';
export type { Result } from './result.ts';
export { formatTimestamp, parseTimestamp } from './timestamp.ts';
export type { Bag, Duration, StringMap, Timestamp, Value, ValueType } from './value.ts';
export { bagOf, duration, hasType, stringMap, stringMapOf, timestamp, VALUE_TYPES } from './value.ts';
export { standardManifest } from './vocabulary.ts';
