import { type JsonObject, toJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import {
  ADAPTER,
  type ConfigObject,
  decodeMessage,
  type Finding,
  HANDLER,
  INSTANCE,
  isOfSchema,
  jsonToLocated,
  RULE,
  TEMPLATE,
} from '@quintet/model';
import { InfoSchema, TemplateSchema } from '@quintet/proto/istio/mixer/adapter/model/v1beta1/info_pb.js';
import type { Handler, Instance } from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { bindingFindings } from './binding-findings.ts';
import { adapterOfLegacyKind, CLASSIC_ADAPTERS } from './classic-adapters.ts';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { readAdapterParams } from './external-adapter.ts';
import { readTemplate } from './external-template.ts';
import { handlerFindings } from './handler-findings.ts';
import { bindingsInParams, instanceFindings } from './instance-findings.ts';
import { instanceSpecFindings } from './instance-spec-findings.ts';
import { ruleExpressionFindings } from './rule-expression-findings.ts';
import { ALONE } from './vocabulary.ts';

/**
 * What is wrong with an object of mixer's configuration as far as it alone tells: the parameters of classic adapters and
 * templates, the schemas of others, and expressions as far as they use the standard attributes only. Whether other
 * attributes exist, and whether what is referred to fits, is for those to say who know all objects. Other objects give
 * nothing.
 */
export function mixerObjectFindings(object: ConfigObject): readonly Finding[] {
  if (isOfSchema(object, RULE.schema)) return ruleExpressionFindings(object.spec, ALONE);
  if (isOfSchema(object, HANDLER.schema)) return ofHandler(object.spec);
  if (isOfSchema(object, INSTANCE.schema)) return ofInstance(object.spec);
  if (!isOfSchema(object, StructSchema)) return [];
  const spec = structOf(object);
  if (object.kind === ADAPTER.kind) return ofAdapter(spec);
  if (object.kind === TEMPLATE.kind) return ofTemplate(spec);
  const template = CLASSIC_TEMPLATES.get(object.kind);
  if (template !== undefined) {
    return [
      ...instanceFindings(spec, template, { path: 'spec', vocabulary: ALONE }),
      ...bindingFindings(bindingsInParams(spec), template, {
        path: 'spec.attribute_bindings',
        vocabulary: ALONE,
      }),
    ];
  }
  const adapter = adapterOfLegacyKind(object.kind);
  return adapter === undefined ? [] : handlerFindings(spec, adapter, 'spec');
}

/** The content of an object whose kind says nothing about its fields. */
export function structOf(object: ConfigObject): JsonObject {
  if (!isOfSchema(object, StructSchema)) return {};
  return toJson(StructSchema, object.spec);
}

function ofHandler({ compiledAdapter, params = {} }: Handler): readonly Finding[] {
  if (compiledAdapter === '') return [];
  const adapter = CLASSIC_ADAPTERS.get(compiledAdapter);
  if (adapter === undefined) return [unknown('compiledAdapter', compiledAdapter, CLASSIC_ADAPTERS.keys())];
  return handlerFindings(params, adapter, 'spec.params');
}

function ofInstance(instance: Instance): readonly Finding[] {
  const { compiledTemplate } = instance;
  if (compiledTemplate === '') return [];
  const template = CLASSIC_TEMPLATES.get(compiledTemplate);
  if (template === undefined)
    return [unknown('compiledTemplate', compiledTemplate, CLASSIC_TEMPLATES.keys())];
  return instanceSpecFindings(instance, template, ALONE);
}

function ofAdapter(spec: JsonObject): readonly Finding[] {
  const { message, findings } = decodeMessage(InfoSchema, jsonToLocated(spec), { path: 'spec' });
  const params = readAdapterParams(message.config);
  return [
    ...findings.map(withoutLine),
    ...(message.templates.length > 0
      ? []
      : [
          {
            path: 'spec.templates',
            message: 'expected the names of the templates that it takes, found none',
          },
        ]),
    ...(params.ok ? [] : [{ path: 'spec.config', message: params.message }]),
  ];
}

function ofTemplate(spec: JsonObject): readonly Finding[] {
  const { message, findings } = decodeMessage(TemplateSchema, jsonToLocated(spec), { path: 'spec' });
  if (findings.length > 0) return findings.map(withoutLine);
  const template = readTemplate(message.descriptor);
  return template.ok ? [] : [{ path: 'spec.descriptor', message: template.message }];
}

/** Lines are found by the path: what was decoded here knows none. */
function withoutLine({ path, message }: Finding): Finding {
  return { path, message };
}

function unknown(field: string, found: string, known: Iterable<string>): Finding {
  return {
    path: `spec.${field}`,
    message: `found ${JSON.stringify(found)}, expected one of ${[...known].join(', ')}`,
  };
}
