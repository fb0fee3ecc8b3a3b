import { type Bag, bagOf, timestamp, type Value } from '@quintet/expr';
import { type ConfigObject, checkDocuments } from '@quintet/model';
import { fieldsInEffect, realisedFields } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { createMetricRegistry } from '../adapters/prometheus/registry.ts';
import { policyInput } from '../config-store/read-config.ts';
import { createConfigStore } from '../config-store/store.ts';
import { buildTable } from '../rules/build-table.ts';
import { testEnv } from '../testing/handler-env.ts';
import { check } from './check.ts';
import type { DispatchEvents } from './dispatch-events.ts';
import { allocate } from './quota.ts';
import { report } from './report.ts';
import { createRuntime } from './runtime.ts';

const KINDS = ['attributemanifest', 'handler', 'instance', 'QuotaSpec', 'rule'];

/** Fields that no request shows, and why not. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'attributemanifest AttributeManifest.AttributeInfo.description': 'for people',
  'attributemanifest AttributeManifest.name': 'for people',
  'attributemanifest AttributeManifest.revision': 'for people',
};

const CONFIG = `
kind: attributemanifest
metadata: { name: ours, namespace: default }
spec: { attributes: { request.team: { valueType: STRING } } }
---
kind: handler
metadata: { name: deny, namespace: default }
spec: { compiledAdapter: denier, params: { status: { code: 7, message: closed } } }
---
kind: handler
metadata: { name: count, namespace: default }
spec:
  compiledAdapter: memquota
  params: { quotas: [{ name: requests.instance.default, maxAmount: 4, validDuration: 1s }] }
---
kind: handler
metadata: { name: log, namespace: default }
spec: { compiledAdapter: stdio }
---
kind: instance
metadata: { name: nothing, namespace: default }
spec: { compiledTemplate: checknothing }
---
kind: instance
metadata: { name: requests, namespace: default }
spec: { compiledTemplate: quota, params: { dimensions: { team: request.team | "none" } } }
---
kind: instance
metadata: { name: entry, namespace: default }
spec: { compiledTemplate: logentry, params: { severity: '"info"', variables: { path: request.path } } }
---
kind: rule
metadata: { name: deny, namespace: default }
spec:
  match: request.team == "red"
  actions: [{ handler: deny, instances: [nothing] }]
---
kind: rule
metadata: { name: all, namespace: default }
spec:
  actions: [{ handler: count, instances: [requests] }, { handler: log, instances: [entry] }]
  requestHeaderOperations: [{ name: x-path, values: [request.path], operation: APPEND }]
  responseHeaderOperations: [{ name: x-internal, operation: REMOVE }]
---
kind: QuotaSpec
metadata: { name: limits, namespace: default }
spec:
  rules:
  - match: [{ clause: { request.path: { prefix: /api }, request.method: { exact: POST } } }]
    quotas: [{ quota: requests, charge: 3 }]
  - match: [{ clause: { request.path: { regex: '/slow/[0-9]+' } } }]
    quotas: [{ quota: requests, charge: 2 }]
`.replaceAll('kind:', 'apiVersion: config.istio.io/v1alpha2\nkind:');

/** Requests as the proxies of one workload tell them. */
const REQUESTS: readonly Bag[] = [
  ['GET', '/', 'red'],
  ['GET', '/api', 'blue'],
  ['POST', '/other', 'blue'],
  ['POST', '/api/1', 'green'],
  ['GET', '/slow/7', 'blue'],
].map(([method = '', path = '', team = '']) =>
  bagOf(
    new Map<string, Value>([
      ['context.reporter.kind', 'inbound'],
      ['destination.namespace', 'default'],
      ['request.time', timestamp(1_700_000_000_000_000_000n)],
      ['request.method', method],
      ['request.path', path],
      ['request.team', team],
    ]),
  ),
);

const EVENTS: DispatchEvents = {
  matchFault: () => {},
  instanceFault: () => {},
  timed: (_handler, _variety, run) => run(),
};

/** Everything that mixer says and writes about the requests. */
function answers(objects: readonly ConfigObject[]): string {
  const written: string[] = [];
  const runtime = createRuntime({
    cacheSize: 0,
    cacheEvents: { hit: () => {}, miss: () => {}, write: () => {}, evict: () => {} },
    envFor: (name) =>
      testEnv({
        name,
        metrics: createMetricRegistry({ seriesBudget: 100 }),
        openOutput: () => ({ write: (line) => written.push(line), close: () => {} }),
      }),
    events: {
      built: () => {},
      reused: () => {},
      closed: () => {},
      buildFailed: () => {},
      closeFailed: () => {},
    },
  });
  runtime.publish(tableOf(objects));
  const snapshot = runtime.current();
  if (snapshot === undefined) throw new Error('nothing was published');
  const said = REQUESTS.map((bag) => {
    const { code, message, headerOperations } = check(snapshot, bag, EVENTS);
    const charges = snapshot.table.quotaSpecs.chargesFor(['default/limits'], bag);
    const granted = charges.map(({ quota: name, amount }) => {
      const question = { name, amount, bestEffort: false, deduplicationId: '' };
      return [name, amount, allocate(snapshot, bag, question, EVENTS).grantedAmount];
    });
    return { code, message, headerOperations, granted };
  });
  report(snapshot, REQUESTS, EVENTS);
  runtime.close();
  return JSON.stringify({ said, written });
}

function tableOf(objects: readonly ConfigObject[]) {
  const store = createConfigStore();
  for (const [collection, updated] of Map.groupBy(objects, (object) => object.collection)) {
    store.apply({ collection, version: '1', full: true, updated, removed: [] });
  }
  return buildTable(policyInput(store), { defaultNamespace: 'istio-system' });
}

describe('a field that is said to be realised', () => {
  it('changes an answer of mixer, or is for people', () => {
    const { objects, issues } = checkDocuments(CONFIG, { file: 'test.yaml' });
    expect(issues).toEqual([]);
    const proven = fieldsInEffect({ objects, kinds: KINDS, outcome: answers });
    const unproven = [...realisedFields(KINDS)].filter((name) => !proven.has(name));
    expect(unproven.toSorted()).toEqual(Object.keys(ELSEWHERE));
  });
});
