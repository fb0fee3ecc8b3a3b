import { describe, expect, it } from 'vitest';
import { CLASSIC_TEMPLATES } from './classic-templates.ts';
import { mixerConfigFindings } from './config-findings.ts';
import { mixerObjectFindings } from './object-findings.ts';
import { mixerObjects, mixerYaml, told } from './testing-config.ts';

/** What is found about an instance of today's kind and about the same of the first API. */
function findingsOf(template: string, params: unknown): { now: readonly string[]; first: readonly string[] } {
  const of = (document: string) =>
    mixerObjects(document).flatMap((object) => told(mixerObjectFindings(object)));
  return {
    now: of(mixerYaml('instance', 'x', { compiledTemplate: template, params })),
    first: of(mixerYaml(template, 'x', params)),
  };
}

const TIME = 'request.time | context.timestamp';

const RIGHT: readonly (readonly [template: string, params: unknown])[] = [
  ['apikey', { api: 'api.service', api_version: 'api.version', apiKey: 'request.api_key', timestamp: TIME }],
  [
    'authorization',
    {
      subject: { user: 'source.user | ""', properties: { port: 'destination.port', ip: 'source.ip' } },
      action: { path: 'request.path', method: 'request.method', properties: { own: 'shop.tenant' } },
    },
  ],
  ['checknothing', {}],
  ['edge', { timestamp: TIME, source_workload_name: 'source.workload.name', apiProtocol: 'api.protocol' }],
  [
    'kubernetes',
    {
      source_uid: 'source.uid | ""',
      source_ip: 'source.ip | ip("0.0.0.0")',
      destination_port: 'destination.port | 0',
      attribute_bindings: {
        'source.ip': '$out.source_pod_ip | ip("0.0.0.0")',
        'source.labels': '$out.source_labels',
      },
    },
  ],
  ['listentry', { value: 'source.ip' }],
  ['listentry', { value: 'shop.tenant | "none"' }],
  [
    'logentry',
    {
      severity: '"info"',
      timestamp: TIME,
      variables: { user: 'source.user', size: 'request.size | 0', latency: 'response.duration | "0ms"' },
      monitored_resource_type: '"UNSPECIFIED"',
    },
  ],
  [
    'metric',
    { value: 'response.duration | "0ms"', dimensions: { a: 'source.name', b: 'response.code | 200' } },
  ],
  ['metric', { value: '1', monitoredResourceDimensions: {}, dimensions: null }],
  ['quota', { dimensions: { destination: 'destination.labels["app"] | "unknown"' } }],
  ['reportnothing', {}],
  [
    'tracespan',
    { traceId: 'request.headers["x-b3-traceid"]', start_time: TIME, span_tags: { code: 'response.code' } },
  ],
];

const WRONG: readonly (readonly [template: string, params: unknown, path: string, says: string])[] = [
  [
    'apikey',
    { timestamp: 'request.path' },
    'timestamp',
    'expected an expression of type TIMESTAMP, found STRING',
  ],
  ['apikey', { apikey: 'request.api_key' }, 'apikey', 'did you mean api_key?'],
  ['authorization', { subject: 'source.user' }, 'subject', 'expected a map with the fields of SubjectMsg'],
  ['authorization', { action: { method: '1' } }, 'action.method', 'expected an expression of type STRING'],
  [
    'authorization',
    { subject: { properties: ['a'] } },
    'subject.properties',
    'expected a map of expressions',
  ],
  ['checknothing', { a: '1' }, 'a', 'the template has no fields'],
  ['edge', { source_workload_name: 'source.ip' }, 'source_workload_name', 'of type STRING, found IP_ADDRESS'],
  ['kubernetes', { source_ip: 'source.uid' }, 'source_ip', 'of type IP_ADDRESS, found STRING'],
  ['kubernetes', { destination_port: '"80"' }, 'destination_port', 'of type INT64, found STRING'],
  [
    'kubernetes',
    { attribute_bindings: { 'source.ip': '$out.source_pod_name' } },
    'attribute_bindings["source.ip"]',
    'of type IP_ADDRESS, found STRING',
  ],
  [
    'kubernetes',
    { attribute_bindings: { 'source.name': '$out.pod | ""' } },
    'attribute_bindings["source.name"]',
    'unknown attribute $out.pod',
  ],
  ['listentry', {}, 'value', 'needs a value, found none'],
  ['listentry', { value: 'source.ip ==' }, 'value', 'unable to parse'],
  ['logentry', { severity: '5' }, 'severity', 'of type STRING, found INT64'],
  [
    'logentry',
    { variables: { a: 7 } },
    'variables.a',
    'expected an expression as a string, found the number 7',
  ],
  ['logentry', { variables: { 'a-b': 'nope(' } }, 'variables["a-b"]', 'unable to parse'],
  ['metric', { value: ' ' }, 'value', 'needs a value, found none'],
  ['metric', { value: '1', dimension: {} }, 'dimension', 'did you mean dimensions?'],
  ['metric', { value: '1', dimensions: { a: 'size(1)' } }, 'dimensions.a', 'size'],
  ['quota', { dimensions: { a: '!connection.mtls' } }, 'dimensions.a', 'unknown function: NOT'],
  ['reportnothing', { value: '1' }, 'value', 'unknown field "value"'],
  ['tracespan', { client_span: '"yes"' }, 'client_span', 'of type BOOL, found STRING'],
];

describe('the parameters of instances', () => {
  it('are looked at for every classic template', () => {
    expect(new Set(RIGHT.map(([template]) => template))).toEqual(new Set(CLASSIC_TEMPLATES.keys()));
    expect(new Set(WRONG.map(([template]) => template))).toEqual(new Set(CLASSIC_TEMPLATES.keys()));
  });

  it.each(RIGHT)('of %s fit: %j', (template, params) => {
    expect(findingsOf(template, params)).toEqual({ now: [], first: [] });
  });

  it.each(WRONG)('of %s do not fit: %j', (template, params, path, says) => {
    const { now, first } = findingsOf(template, params);
    expect([now.length, first.length]).toEqual([1, 1]);
    expect(now[0]).toContain(`spec.params.${path}: `);
    expect(first[0]).toContain(`spec.${path}: `);
    expect(now[0]).toContain(says);
    expect(first[0]).toContain(says);
  });

  it('bind attributes by the field of today as well', () => {
    const bindings = (attributeBindings: unknown) =>
      mixerObjects(mixerYaml('instance', 'x', { compiledTemplate: 'kubernetes', attributeBindings })).flatMap(
        (object) => told(mixerObjectFindings(object)),
      );
    expect(bindings({ 'source.namespace': '$out.source_namespace | "default"' })).toEqual([]);
    expect(bindings({ 'source.labels': '$out.source_namespace' })).toEqual([
      'spec.attributeBindings["source.labels"]: expected an expression of type STRING_MAP, found STRING: $out.source_namespace',
    ]);
  });

  it('bind nothing where the template has no output', () => {
    const [object] = mixerObjects(
      mixerYaml('instance', 'x', {
        compiledTemplate: 'checknothing',
        attributeBindings: { 'source.name': '"a"' },
      }),
    );
    expect(object && mixerObjectFindings(object)).toMatchObject([{ severity: 'warning' }]);
  });

  it('are of a template that exists', () => {
    const [object] = mixerObjects(mixerYaml('instance', 'x', { compiledTemplate: 'metrics' }));
    expect(told(object === undefined ? [] : mixerObjectFindings(object))).toEqual([
      expect.stringContaining('spec.compiledTemplate: found "metrics", expected one of apikey'),
    ]);
  });

  it('are judged by all attributes once they are known, and nothing is told twice', () => {
    const metric = mixerYaml('metric', 'm', {
      value: 'shop.amount',
      dimensions: { tenant: 'shop.tenant', wrong: 'source.name == 5', odd: 'shop.amount == "x"' },
    });
    const generator = mixerYaml('instance', 'g', {
      compiledTemplate: 'kubernetes',
      attributeBindings: { 'shop.amount': '$out.source_pod_name', 'shop.other': '$out.source_pod_name' },
    });
    const manifest = mixerYaml('attributemanifest', 'shop', {
      attributes: { 'shop.amount': { valueType: 'INT64' } },
    });
    const objects = mixerObjects(metric, generator, manifest);
    const alone = objects.flatMap((object) => told(mixerObjectFindings(object)));
    const together = told(mixerConfigFindings(objects).map(({ finding }) => finding));
    expect(alone).toEqual([expect.stringContaining('spec.dimensions.wrong: ')]);
    expect(together).toEqual([
      expect.stringContaining('spec.dimensions.tenant: unknown attribute shop.tenant'),
      expect.stringContaining('spec.dimensions.odd: '),
      expect.stringContaining(
        'spec.attributeBindings["shop.amount"]: expected an expression of type INT64, found STRING',
      ),
      'spec.attributeBindings["shop.other"]: unknown attribute shop.other',
    ]);
  });
});
