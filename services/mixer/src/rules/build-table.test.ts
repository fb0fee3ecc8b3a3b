import { describe, expect, it } from 'vitest';
import { policyInput } from '../config-store/read-config.ts';
import { createConfigStore } from '../config-store/store.ts';
import { objectsOf, shippedFile } from '../testing/mixer-under-test.ts';
import { buildTable } from './build-table.ts';

const DENY = shippedFile('deploy/samples/policy/deny.yaml');

function tableOf(...yaml: readonly string[]) {
  const store = createConfigStore();
  const groups = Map.groupBy(yaml.flatMap(objectsOf), (object) => object.collection);
  for (const [collection, updated] of groups) {
    store.apply({ collection, version: '1', full: true, updated, removed: [] });
  }
  return buildTable(policyInput(store), { defaultNamespace: 'istio-system' });
}

function issuesOf(...yaml: readonly string[]) {
  return tableOf(...yaml).issues.map(
    ({ resource, path, message }) => `${resource?.name} ${path}: ${message}`,
  );
}

describe('buildTable', () => {
  it.each(['deny', 'whitelist', 'quota', 'access-log'])('finds nothing wrong with the sample %s', (name) => {
    expect(issuesOf(shippedFile(`deploy/samples/policy/${name}.yaml`))).toEqual([]);
  });

  it('gives rules of the default namespace to every request and others to their own', () => {
    const table = tableOf(DENY, shippedFile('deploy/samples/policy/quota.yaml'));
    const names = (namespace: string) => table.rulesFor(namespace).map(({ name }) => name);
    expect(names('default')).toEqual(['quota.rule.istio-system', 'denyreviewsv3.rule.default']);
    expect(names('other')).toEqual(['quota.rule.istio-system']);
    expect(names('')).toEqual(['quota.rule.istio-system']);
  });

  it.each([
    [
      'a missing handler',
      DENY.replace('handler: denyall', 'handler: nobody'),
      'denyreviewsv3 spec.actions[0].handler: handler nobody does not exist',
    ],
    [
      'a missing instance',
      DENY.replace('[denyrequest]', '[nothing]'),
      'denyreviewsv3 spec.actions[0].instances[0]: instance nothing does not exist',
    ],
    [
      'a wrong parameter',
      DENY.replace('code: 7', 'code: 99'),
      'denyall spec.params.status.code: found 99, expected a google.rpc code, 0 to 16',
    ],
    [
      'an unrealised adapter',
      DENY.replace('compiledAdapter: denier', 'compiledAdapter: opa'),
      'denyall spec.compiledAdapter: adapter opa is not realised',
    ],
    [
      'an unrealised template',
      DENY.replace('compiledTemplate: checknothing', 'compiledTemplate: apikey'),
      'denyrequest spec.compiledTemplate: template apikey is not realised',
    ],
    [
      'a template that the adapter does not take',
      DENY.replace('compiledTemplate: checknothing', 'compiledTemplate: metric\n  params: { value: "1" }'),
      'denyreviewsv3 spec.actions[0].instances[0]: instance denyrequest is of template metric, adapter denier takes checknothing, listentry, quota',
    ],
  ])('reports %s', (_what, yaml, issue) => {
    expect(issuesOf(yaml)).toContain(issue);
  });

  it.each([
    ['a missing handler', DENY.replace('handler: denyall', 'handler: nobody'), 1],
    ['a missing instance', DENY.replace('[denyrequest]', '[nothing]'), 1],
    ['a wrong parameter', DENY.replace('code: 7', 'code: 99'), 1],
    ['an unrealised adapter', DENY.replace('compiledAdapter: denier', 'compiledAdapter: opa'), 1],
    ['an unrealised template', DENY.replace('compiledTemplate: checknothing', 'compiledTemplate: apikey'), 1],
    ['nothing', DENY, 0],
  ])('refuses what cannot be decided for %s', (_what, yaml, refusals) => {
    expect(tableOf(yaml).rulesFor('default')[0]?.refusals).toHaveLength(refusals);
  });

  it.each([
    ['checks', 'checknothing', { handler: 'old.denier', instance: 'old.checknothing' }],
    [
      'lists of another namespace',
      'listchecker',
      { handler: 'old.listchecker.ns', instance: 'old.listentry.ns' },
    ],
    ['quotas', 'memquota', { handler: 'old.memquota', instance: 'old.quota' }],
  ])('refuses %s of the first mixer API, and says so', (_, kind, { handler, instance }) => {
    const table = tableOf(
      `{apiVersion: config.istio.io/v1alpha2, kind: ${kind}, metadata: {name: old, namespace: default}, spec: {}}`,
      `{apiVersion: config.istio.io/v1alpha2, kind: rule, metadata: {name: r, namespace: default}, spec: {actions: [{handler: ${handler}, instances: [${instance}]}]}}`,
    );
    expect(table.rulesFor('default')[0]?.refusals).toHaveLength(1);
    expect(table.issues).toContainEqual(
      expect.objectContaining({
        code: 'QTT2002',
        severity: 'error',
        resource: { kind, namespace: 'default', name: 'old' },
      }),
    );
  });

  it.each([
    ['metric', 0],
    ['logentry.template.istio-system', 0],
    ['listentry', 1],
    ['mine', 1],
  ])(
    'refuses for an adapter in another process unless its template %s only reports',
    (template, refusals) => {
      const yaml = DENY.replace(
        'compiledAdapter: denier',
        'adapter: mine\n  connection: { address: "a:1" }',
      ).replace('compiledTemplate: checknothing', `template: ${template}`);
      const table = tableOf(yaml);
      expect(table.rulesFor('default')[0]?.refusals).toHaveLength(refusals);
      expect(table.issues.map(({ code, path }) => `${code} ${path}`)).toEqual(
        expect.arrayContaining(['QTT2002 spec.adapter', 'QTT2002 spec.template']),
      );
    },
  );

  it('keeps the signature of a handler that did not change', () => {
    const signature = (yaml: string) => tableOf(yaml).handlers.get('denyall.handler.default')?.signature;
    expect(signature(DENY)).toBe(signature(DENY.replace('"v3"', '"v2"')));
    expect(signature(DENY)).not.toBe(signature(DENY.replaceAll('Not allowed', 'No')));
  });

  it('takes attributes from manifests and keeps the type that an attribute has', () => {
    const manifest = `
apiVersion: config.istio.io/v1alpha2
kind: attributemanifest
metadata: { name: mine, namespace: istio-system }
spec: { attributes: { my.own: { valueType: INT64 }, request.path: { valueType: BOOL } } }
`;
    const table = tableOf(manifest, DENY.replace('match: destination', 'match: my.own == 5 && destination'));
    expect(table.rulesFor('default')).toHaveLength(1);
    expect(table.issues).toMatchObject([{ message: 'attribute request.path is STRING already, found BOOL' }]);
  });
});
