import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Finding } from '@quintet/model';
import type { InjectionPolicy } from './decide.ts';
import { isJsonObject, kindOfJson, listAt, own, textAt } from './json-shape.ts';
import { LABEL_OPERATORS, type LabelRequirement, type LabelSelector } from './label-selector.ts';
import { parseYamlMapping, valueReader } from './value-reader.ts';

/** The classic injection configuration (key `config` of the ConfigMap `istio-sidecar-injector`). */
export type InjectConfig = InjectionPolicy & {
  readonly injectedAnnotations: Readonly<Record<string, string>>;
};

export type ReadInjectConfig = {
  /** Undefined when there is an error among the findings. */
  readonly config?: InjectConfig;
  readonly findings: readonly Finding[];
};

const FIELDS = ['policy', 'template', 'neverInjectSelector', 'alwaysInjectSelector', 'injectedAnnotations'];

/** Reads the injection configuration. An empty text is the policy `enabled`. Pure. */
export function parseInjectConfig(text: string): ReadInjectConfig {
  const findings: Finding[] = [];
  const root = parseYamlMapping(text, findings);
  for (const key of Object.keys(root).filter((one) => !FIELDS.includes(one))) {
    findings.push({ path: key, message: `unknown field; known are ${FIELDS.join(', ')}` });
  }
  const reader = valueReader(root, findings);
  const policy = reader.text('policy', 'enabled');
  if (policy !== 'enabled' && policy !== 'disabled') {
    findings.push({ path: 'policy', message: `expected enabled or disabled, found "${policy}"` });
  }
  const notices: Finding[] =
    reader.text('template', '') === ''
      ? []
      : [{ code: 'QTT2001', path: 'template', message: 'the sidecar is not made from a template' }];
  const config: InjectConfig = {
    policy: policy === 'enabled' ? 'enabled' : 'disabled',
    neverInjectSelector: selectors(reader.list('neverInjectSelector'), 'neverInjectSelector', findings),
    alwaysInjectSelector: selectors(reader.list('alwaysInjectSelector'), 'alwaysInjectSelector', findings),
    injectedAnnotations: reader.textMap('injectedAnnotations'),
  };
  return findings.length > 0 ? { findings: [...findings, ...notices] } : { config, findings: notices };
}

function selectors(list: readonly JsonValue[], path: string, findings: Finding[]): LabelSelector[] {
  return list.flatMap((value, index) => {
    const at = `${path}[${index}]`;
    if (isJsonObject(value)) return [selector(value, at, findings)];
    findings.push({ path: at, message: `expected a label selector, found ${kindOfJson(value)}` });
    return [];
  });
}

function selector(value: JsonObject, path: string, findings: Finding[]): LabelSelector {
  for (const key of Object.keys(value).filter((one) => one !== 'matchLabels' && one !== 'matchExpressions')) {
    findings.push({
      path: `${path}.${key}`,
      message: 'unknown field; known are matchLabels, matchExpressions',
    });
  }
  const labels = Object.entries(valueReader(value, findings).textMap('matchLabels'));
  const expressions = listAt(value, 'matchExpressions').map((expression, index) =>
    requirement(expression, `${path}.matchExpressions[${index}]`, findings),
  );
  // An empty selector of Kubernetes selects everything; one that injects or spares every pod is not what anybody means.
  if (labels.length === 0 && expressions.length === 0) {
    findings.push({ path, message: 'expected matchLabels or matchExpressions, found neither' });
  }
  const exact: LabelRequirement[] = labels.map(([key, text]) => ({ key, operator: 'In', values: [text] }));
  return { requirements: [...exact, ...expressions] };
}

function requirement(value: JsonValue, path: string, findings: Finding[]): LabelRequirement {
  const object: JsonObject = isJsonObject(value) ? value : {};
  const key = textAt(object, 'key');
  if (key === '') findings.push({ path: `${path}.key`, message: 'expected a label, found none' });
  const operator = LABEL_OPERATORS.find((one) => one === textAt(object, 'operator'));
  if (operator === undefined) {
    const found = kindOfJson(own(object, 'operator'));
    findings.push({
      path: `${path}.operator`,
      message: `expected ${LABEL_OPERATORS.join(', ')}, found ${found}`,
    });
  }
  const values = valueReader(object, findings).texts('values');
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (operator !== undefined && wantsValues !== values.length > 0) {
    const message = wantsValues ? `${operator} needs values` : `${operator} takes no values`;
    findings.push({ path: `${path}.values`, message });
  }
  return { key, operator: operator ?? 'Exists', values };
}
