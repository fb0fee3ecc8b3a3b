import { TemplateVariety } from '@quintet/proto/istio/mixer/adapter/model/v1beta1/info_pb.js';
import { describe, expect, it } from 'vitest';
import { mixerConfigFindings, mixerFindingsIn } from './config-findings.ts';
import { mixerWorld } from './mixer-world.ts';
import { descriptorOf, mixerObjects, mixerYaml, told } from './testing-config.ts';

const DENIER = mixerYaml('handler', 'deny', { compiledAdapter: 'denier' });
const NOTHING = mixerYaml('instance', 'nothing', { compiledTemplate: 'checknothing' });
const REPORT = mixerYaml('instance', 'report', { compiledTemplate: 'reportnothing' });
const OLD_DENIER = mixerYaml('denier', 'old-deny', {});
const OLD_NOTHING = mixerYaml('checknothing', 'old-nothing', {});
const WORLD = [DENIER, NOTHING, REPORT, OLD_DENIER, OLD_NOTHING];

const rule = (spec: unknown) => mixerYaml('rule', 'r', spec);
const findings = (...documents: readonly string[]) =>
  told(mixerConfigFindings(mixerObjects(...documents)).map(({ finding }) => finding));

describe('the actions of a rule', () => {
  it.each([
    ['deny', 'nothing'],
    ['deny.istio-system', 'nothing.istio-system'],
    ['deny.handler', 'nothing.instance'],
    ['deny.handler.istio-system', 'nothing.instance.istio-system'],
    ['old-deny.denier', 'old-nothing.checknothing'],
    ['old-deny.denier.istio-system', 'old-nothing.checknothing.istio-system'],
    // References that were left as they were when the kinds were moved.
    ['deny.denier', 'nothing.checknothing.istio-system'],
  ])('refer to %s and %s in any order of the objects', (handler, instance) => {
    const documents = [...WORLD, rule({ actions: [{ handler, instances: [instance] }] })];
    expect(findings(...documents)).toEqual([]);
    expect(findings(...documents.toReversed())).toEqual([]);
  });

  it.each([
    ['nobody', 'nothing', 'spec.actions[0].handler: Referenced handler not found: "nobody"'],
    ['deny.default', 'nothing', 'spec.actions[0].handler: Referenced handler not found: "deny.default"'],
    [
      'nothing.instance',
      'nothing',
      'spec.actions[0].handler: Referenced handler not found: "nothing.instance"',
    ],
    ['deny', 'no', 'spec.actions[0].instances[0]: Referenced instance not found: "no"'],
    ['deny', 'old-nothing', 'spec.actions[0].instances[0]: Referenced instance not found: "old-nothing"'],
    [
      'a.b.c.d',
      'nothing',
      'spec.actions[0].handler: expected name, name.namespace or name.kind.namespace, found "a.b.c.d"',
    ],
    [
      'deny',
      'report',
      'spec.actions[0].instances[0]: instance report is of template reportnothing (report), adapter denier takes checknothing, listentry, quota',
    ],
  ])('do not refer to %s and %s', (handler, instance, finding) => {
    expect(findings(...WORLD, rule({ actions: [{ handler, instances: [instance] }] }))).toEqual([finding]);
  });

  it('name an instance once', () => {
    const actions = [{ handler: 'deny', instances: ['nothing', 'nothing'] }];
    expect(findings(...WORLD, rule({ actions }))).toEqual([
      'spec.actions[0].instances[1]: the instance nothing is named twice',
    ]);
  });

  it('may lead out of a part of the configuration', () => {
    const actions = [{ handler: 'nobody', instances: ['no'] }];
    const partial = (...documents: readonly string[]) =>
      mixerConfigFindings(mixerObjects(...documents), { partial: true }).map(({ finding }) => finding.path);
    expect(partial(rule({ actions }))).toEqual([]);
    expect(partial(rule({ actions }), DENIER)).toEqual(['spec.actions[0].handler']);
    expect(partial(rule({ actions }), OLD_NOTHING)).toEqual(['spec.actions[0].instances[0]']);
  });
});

describe('the expressions of a rule', () => {
  const MANIFEST = mixerYaml('attributemanifest', 'shop', {
    attributes: { 'shop.size': { valueType: 'INT64' } },
  });

  it.each([
    ['shop.size == 5', []],
    [
      'shop.size == "x"',
      ['spec.match: EQ($shop.size, "x") arg 2 ("x") typeError got STRING, expected INT64'],
    ],
    ['shop.size', ['spec.match: expected an expression of type BOOL, found INT64: shop.size']],
    ['shop.color == "red"', ['spec.match: unknown attribute shop.color']],
    // Told of the object alone.
    ['source.name == 5', []],
    ['shop.size ==', []],
  ])('%s is judged by all attributes', (match, expected) => {
    expect(findings(MANIFEST, ...WORLD, rule({ match, actions: [{ handler: 'deny' }] }))).toEqual(expected);
  });

  it('know the output of actions with a name', () => {
    const template = mixerYaml('template', 'keyval', {
      descriptor: descriptorOf({
        packageName: 'keyval',
        variety: TemplateVariety.CHECK_WITH_OUTPUT,
        messages: {
          InstanceMsg: [{ name: 'key', type: 'string' }],
          OutputMsg: [
            { name: 'value', type: 'string' },
            { name: 'count', type: 'int64' },
          ],
        },
      }),
    });
    const adapter = mixerYaml('adapter', 'kv', { templates: ['keyval'], session_based: false });
    const handler = mixerYaml('handler', 'h', { adapter: 'kv', connection: { address: 'kv:1' } });
    const instance = mixerYaml('instance', 'i', { template: 'keyval', params: { key: 'request.path' } });
    const values = ['a1.output.value', 'a1.output.count', 'a1.output.other', 'a2.output.value'];
    const operations = values.map((value) => ({ name: 'x', values: [value] }));
    const actions = [{ name: 'a1', handler: 'h', instances: ['i'] }];
    expect(
      findings(template, adapter, handler, instance, rule({ actions, requestHeaderOperations: operations })),
    ).toEqual([
      'spec.requestHeaderOperations[1].values[0]: expected an expression of type STRING, found INT64: a1.output.count',
      'spec.requestHeaderOperations[2].values[0]: unknown attribute a1.output.other',
      'spec.requestHeaderOperations[3].values[0]: unknown attribute a2.output.value',
    ]);
  });
});

describe('attribute manifests', () => {
  const declare = (name: string, valueType: string, attribute = 'shop.size') =>
    mixerYaml('attributemanifest', name, { attributes: { [attribute]: { valueType } } });

  it('must not contradict each other or the standard attributes', () => {
    expect(findings(declare('a', 'INT64'), declare('b', 'INT64'))).toEqual([]);
    expect(findings(declare('b', 'STRING'), declare('a', 'INT64'))).toEqual([
      'spec.attributes["shop.size"].valueType: attribute shop.size is INT64 already, found STRING',
    ]);
    expect(findings(declare('a', 'BOOL', 'source.name'))).toEqual([
      'spec.attributes["source.name"].valueType: attribute source.name is STRING already, found BOOL',
    ]);
  });

  it('contradict others before they are among them, and not what they were before', () => {
    const world = mixerWorld(mixerObjects(declare('b', 'INT64')));
    const of = (document: string) =>
      mixerObjects(document).flatMap((object) => mixerFindingsIn(world, object).map(({ path }) => path));
    expect(of(declare('a', 'STRING'))).toEqual(['spec.attributes["shop.size"].valueType']);
    expect(of(declare('b', 'STRING'))).toEqual([]);
  });
});

describe('objects that cannot be read', () => {
  const options = (...unreadable: readonly string[]) => ({ unreadable: new Set(unreadable) });

  it('are there for those that refer to them', () => {
    const objects = mixerObjects(rule({ actions: [{ handler: 'deny', instances: ['n.checknothing'] }] }));
    const unreadable = options('handler/istio-system/deny', 'checknothing/istio-system/n');
    expect(mixerConfigFindings(objects, unreadable)).toEqual([]);
    expect(mixerConfigFindings(objects, options('handler/default/deny'))).toHaveLength(2);
  });

  it('are a part that references need not lead out of', () => {
    const objects = mixerObjects(rule({ actions: [{ handler: 'nobody', instances: ['n'] }] }));
    const found = mixerConfigFindings(objects, { partial: true, ...options('handler/default/deny') });
    expect(found.map(({ finding }) => finding.path)).toEqual(['spec.actions[0].handler']);
  });

  it('may declare any attribute', () => {
    const objects = mixerObjects(rule({ match: 'shop.size == 5' }));
    expect(mixerConfigFindings(objects, options())).toHaveLength(1);
    expect(mixerConfigFindings(objects, options('attributemanifest/default/shop'))).toEqual([]);
  });
});
