import {
  type AttributeManifest,
  type Handler,
  type Instance,
  Rule_HeaderOperationTemplate_Operation as Operation,
  type Rule,
} from '@quintet/proto/istio/policy/v1beta1/rule_pb.js';
import { ValueType } from '@quintet/proto/istio/policy/v1beta1/value_pb.js';
import type { ConfigObject } from '../config-object.ts';
import { childPath } from '../decode/located.ts';
import type { Finding } from '../finding.ts';
import { checkHeaderName } from './http-headers.ts';
import { checkUnique } from './names.ts';
import { collect, type Report, shown } from './report.ts';

/** Checks a rule. Its expressions and what it refers to are checked by those who know all objects. */
export function validateRule({ spec }: ConfigObject<Rule>): readonly Finding[] {
  return collect((report) => {
    const headers = spec.requestHeaderOperations.length + spec.responseHeaderOperations.length;
    if (spec.actions.length === 0 && headers === 0)
      report('spec.actions', 'expected at least one action, found none');
    for (const [index, { handler, instances }] of spec.actions.entries()) {
      const path = `spec.actions[${index}]`;
      if (handler === '') report(`${path}.handler`, 'expected the name of a handler, found none');
      for (const [at, instance] of instances.entries()) {
        if (instance === '')
          report(`${path}.instances[${at}]`, 'expected the name of an instance, found an empty one');
      }
    }
    const names = spec.actions.flatMap(({ name }, index) =>
      name === '' ? [] : [{ value: name, path: `spec.actions[${index}].name` }],
    );
    checkUnique(names, 'the action', report);
    for (const field of ['requestHeaderOperations', 'responseHeaderOperations'] as const) {
      for (const [index, { name, values, operation }] of spec[field].entries()) {
        const path = `spec.${field}[${index}]`;
        checkHeaderName(name, `${path}.name`, report);
        if (operation !== Operation.REMOVE && values.length === 0) {
          report(`${path}.values`, `${Operation[operation]} needs at least one value, found none`);
        }
      }
    }
  });
}

/** Checks a handler: it names one adapter. Its parameters are the adapter's. */
export function validateHandler({ spec }: ConfigObject<Handler>): readonly Finding[] {
  return collect((report) => {
    checkOneOf({ compiledAdapter: spec.compiledAdapter, adapter: spec.adapter }, report);
    if (spec.connection !== undefined && spec.connection.address === '') {
      report('spec.connection.address', 'expected an address, found none');
    }
  });
}

/** Checks an instance: it names one template. Its parameters are the template's. */
export function validateInstance({ spec }: ConfigObject<Instance>): readonly Finding[] {
  return collect((report) => {
    checkOneOf({ compiledTemplate: spec.compiledTemplate, template: spec.template }, report);
  });
}

/** Checks an attribute manifest: names of dotted words, each with a type. */
export function validateAttributeManifest({ spec }: ConfigObject<AttributeManifest>): readonly Finding[] {
  return collect((report) => {
    for (const [name, { valueType }] of Object.entries(spec.attributes)) {
      const path = childPath('spec.attributes', name);
      if (!/^[a-z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*$/.test(name)) {
        report(path, `expected words joined by dots, found ${shown(name)}`);
      }
      if (valueType === ValueType.VALUE_TYPE_UNSPECIFIED)
        report(`${path}.valueType`, 'expected a type, found none');
    }
  });
}

function checkOneOf(fields: Readonly<Record<string, string>>, report: Report): void {
  const names = Object.keys(fields);
  const set = names.filter((name) => fields[name] !== '');
  if (set.length === 0) report('spec', `expected ${names.join(' or ')}, found neither`);
  if (set.length > 1) report(`spec.${set[1]}`, `expected one of ${names.join(' and ')}, found both`);
}
