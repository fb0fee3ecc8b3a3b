import { TemplateVariety } from '@quintet/proto/istio/mixer/adapter/model/v1beta1/info_pb.js';
import { describe, expect, it } from 'vitest';
import { mixerConfigFindings } from './config-findings.ts';
import { mixerObjectFindings } from './object-findings.ts';
import { descriptorOf, mixerObjects, mixerYaml, told } from './testing-config.ts';

const alone = (document: string) =>
  mixerObjects(document).flatMap((object) => told(mixerObjectFindings(object)));
const together = (...documents: readonly string[]) =>
  told(mixerConfigFindings(mixerObjects(...documents)).map(({ finding }) => finding));

const SCHEMA = {
  packageName: 'shopping',
  variety: TemplateVariety.REPORT,
  messages: {
    InstanceMsg: [
      { name: 'buyer', type: 'string' },
      { name: 'amount', type: 'int64' },
      { name: 'anything', type: 'value' },
      { name: 'paid', type: 'bool' },
      { name: 'goods', type: 'list of strings' },
    ],
  },
} as const;
const PARAMS = {
  packageName: 'shopping.config',
  messages: {
    Params: [
      { name: 'currency', type: 'string' },
      { name: 'most', type: 'int64' },
    ],
  },
} as const;
const TEMPLATE = mixerYaml('template', 'shopping', { descriptor: descriptorOf(SCHEMA) });
const ADAPTER = mixerYaml('adapter', 'shop', {
  description: 'counts',
  session_based: true,
  templates: ['shopping', 'metric'],
  config: descriptorOf(PARAMS),
});

describe('templates of other processes', () => {
  it.each([
    ['a report', SCHEMA],
    [
      'the schema that the service is made from',
      { ...SCHEMA, messages: { Template: SCHEMA.messages.InstanceMsg } },
    ],
    [
      'an output',
      {
        ...SCHEMA,
        variety: TemplateVariety.ATTRIBUTE_GENERATOR,
        messages: { ...SCHEMA.messages, OutputMsg: [{ name: 'a', type: 'string' }] },
      },
    ],
  ] as const)('are read with %s', (_what, schema) => {
    expect(alone(mixerYaml('template', 't', { descriptor: descriptorOf(schema) }))).toEqual([]);
  });

  it.each([
    ['no base64', 'not base64!', 'expected base64'],
    ['no descriptor', 'AAAA', 'FileDescriptorSet'],
    ['nothing', '', 'found one without files'],
    [
      'no variety',
      descriptorOf({ packageName: 'a', messages: SCHEMA.messages }),
      'template_variety, found none',
    ],
    [
      'no instance',
      descriptorOf({ ...SCHEMA, messages: { Msg: [] } }),
      'expected a message InstanceMsg or Template',
    ],
    [
      'no output',
      descriptorOf({ ...SCHEMA, variety: TemplateVariety.CHECK_WITH_OUTPUT }),
      'needs a message OutputMsg or OutputTemplate',
    ],
  ])('are refused with %s', (_what, descriptor, says) => {
    expect(alone(mixerYaml('template', 't', { descriptor }))).toEqual([expect.stringContaining(says)]);
    expect(alone(mixerYaml('template', 't', { descriptor }))[0]).toContain('spec.descriptor: ');
  });

  it('have no other fields', () => {
    expect(alone(mixerYaml('template', 't', { description: 'x' }))[0]).toContain('spec.description: ');
  });

  it.each([
    [
      { buyer: 'source.name', amount: 5, anything: 'source.ip', paid: true, goods: ['"a"', 'request.path'] },
      [],
    ],
    [{ amount: 'request.size | 0', anything: '1.5' }, []],
    [{ buyer: 7 }, ['spec.params.buyer: expected an expression as a string, found the number 7']],
    [{ amount: 1.5 }, ['spec.params.amount: expected an expression as a string, found the number 1.5']],
    [
      { paid: 'source.name' },
      ['spec.params.paid: expected an expression of type BOOL, found STRING: source.name'],
    ],
    [
      { goods: ['source.ip'] },
      ['spec.params.goods[0]: expected an expression of type STRING, found IP_ADDRESS: source.ip'],
    ],
    [{ goods: 'source.name' }, ['spec.params.goods: expected a list, found the string "source.name"']],
    [
      { amounts: '1' },
      [expect.stringContaining('spec.params.amounts: unknown field "amounts"; did you mean amount?')],
    ],
    [{ buyer: 'shop.nobody' }, ['spec.params.buyer: unknown attribute shop.nobody']],
    [{ buyer: 'source.name ==' }, [expect.stringContaining('spec.params.buyer: unable to parse')]],
  ])('say what instances hold: %j', (params, expected) => {
    expect(together(TEMPLATE, mixerYaml('instance', 'i', { template: 'shopping', params }))).toEqual(
      expected,
    );
    expect(alone(mixerYaml('instance', 'i', { template: 'shopping', params }))).toEqual([]);
  });

  it('are there when instances name them', () => {
    expect(together(TEMPLATE, mixerYaml('instance', 'i', { template: 'shoping' }))).toEqual([
      'spec.template: Referenced template not found: "shoping"',
    ]);
  });
});

describe('adapters of other processes', () => {
  it('are read', () => {
    expect(alone(ADAPTER)).toEqual([]);
    expect(together(ADAPTER, TEMPLATE)).toEqual([]);
    expect(alone(mixerYaml('adapter', 'a', { templates: ['metric'] }))).toEqual([]);
  });

  it.each([
    ['no templates', {}, 'spec.templates: expected the names'],
    ['no base64', { templates: ['metric'], config: '%' }, 'spec.config: expected base64'],
    [
      'no parameters in the schema',
      { templates: ['metric'], config: descriptorOf(SCHEMA) },
      'spec.config: expected a message Params',
    ],
    ['an unknown field', { templates: ['metric'], sessionbased: true }, 'spec.sessionbased: '],
    ['a wrong type', { templates: ['metric'], session_based: 'yes' }, 'spec.session_based: '],
  ])('are refused with %s', (_what, spec, says) => {
    expect(alone(mixerYaml('adapter', 'a', spec))).toEqual([expect.stringContaining(says)]);
  });

  it('take templates that are there', () => {
    expect(together(ADAPTER)).toEqual(['spec.templates[0]: Referenced template not found: "shopping"']);
  });

  it.each([
    [{ adapter: 'shop', params: { currency: 'EUR', most: '5' } }, []],
    [{ adapter: 'shop.istio-system' }, []],
    [{ adapter: 'shops' }, ['spec.adapter: Referenced adapter not found: "shops"']],
    [{ adapter: 'shop', params: { currency: 5 } }, [expect.stringContaining('spec.params.currency: ')]],
    [{ adapter: 'shop', params: { money: 5 } }, [expect.stringContaining('spec.params.money: ')]],
    [{ adapter: 'bare', params: { money: 5 } }, ['spec.params: adapter bare takes no parameters']],
  ])('say what handlers hold: %j', (spec, expected) => {
    const bare = mixerYaml('adapter', 'bare', { templates: ['metric'] });
    expect(together(TEMPLATE, ADAPTER, bare, mixerYaml('handler', 'h', spec))).toEqual(expected);
  });

  it('are given instances of their templates only', () => {
    const handler = mixerYaml('handler', 'h', { adapter: 'shop' });
    const instance = (name: string, spec: unknown) => mixerYaml('instance', name, spec);
    const instances = [
      instance('own', { template: 'shopping' }),
      instance('classic', { compiledTemplate: 'metric', params: { value: '1' } }),
      instance('other', { compiledTemplate: 'quota' }),
    ];
    const rule = mixerYaml('rule', 'r', {
      actions: [{ handler: 'h', instances: ['own', 'classic', 'other'] }],
    });
    expect(together(rule, TEMPLATE, ADAPTER, handler, ...instances)).toEqual([
      'spec.actions[0].instances[2]: instance other is of template quota (quota), adapter shop takes shopping, metric',
    ]);
  });
});
