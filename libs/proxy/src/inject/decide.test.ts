import type { JsonObject } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { type DecisionReason, decide, type InjectionPolicy } from './decide.ts';
import { readPod } from './pod.ts';

const on: InjectionPolicy = { policy: 'enabled', neverInjectSelector: [], alwaysInjectSelector: [] };
const off: InjectionPolicy = { ...on, policy: 'disabled' };
const appIs = (value: string) => ({
  requirements: [{ key: 'app', operator: 'In', values: [value] }] as const,
});
const never: InjectionPolicy = { ...on, neverInjectSelector: [appIs('x'), appIs('plain')] };
const always: InjectionPolicy = { ...off, alwaysInjectSelector: [appIs('web')] };
const both: InjectionPolicy = { ...never, alwaysInjectSelector: [appIs('plain')] };

type Case = readonly [string, boolean, DecisionReason, CaseInput];
type CaseInput = {
  readonly policy?: InjectionPolicy;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly spec?: JsonObject;
};

const inject = (value: string) => ({ 'sidecar.istio.io/inject': value });
const proxy = { initContainers: [{ name: 'istio-proxy' }] };
const status = { 'sidecar.istio.io/status': '{}' };

const CASES: readonly Case[] = [
  ['policy enabled', true, 'policy', {}],
  ['policy disabled', false, 'policy', { policy: off }],
  [
    'network of the node',
    false,
    'host-network',
    { spec: { hostNetwork: true }, annotations: inject('true') },
  ],
  ['kube-system', false, 'system-namespace', { namespace: 'kube-system', annotations: inject('true') }],
  ['kube-public', false, 'system-namespace', { namespace: 'kube-public', policy: always }],
  ['annotation true', true, 'annotation', { policy: off, annotations: inject('true') }],
  ['annotation Yes', true, 'annotation', { policy: off, annotations: inject('Yes') }],
  ['annotation y', true, 'annotation', { policy: off, annotations: inject('y') }],
  [
    'annotation on',
    true,
    'annotation',
    { policy: never, annotations: inject('on'), labels: { app: 'plain' } },
  ],
  ['annotation false', false, 'annotation', { annotations: inject('false') }],
  ['annotation that nobody knows', false, 'annotation', { annotations: inject('maybe') }],
  ['annotation against always', false, 'annotation', { policy: always, annotations: inject('no') }],
  ['empty annotation', true, 'policy', { annotations: inject('') }],
  ['never selector', false, 'never-inject-selector', { policy: never, labels: { app: 'plain' } }],
  ['never before always', false, 'never-inject-selector', { policy: both, labels: { app: 'plain' } }],
  ['always selector', true, 'always-inject-selector', { policy: always, labels: { app: 'web' } }],
  ['always selector of others', false, 'policy', { policy: always, labels: { app: 'db' } }],
  ['injected already', false, 'already-injected', { spec: proxy, annotations: status }],
  ['a status without a proxy', true, 'policy', { annotations: status }],
  [
    'the injector',
    false,
    'injector-itself',
    { namespace: 'istio-system', labels: { istio: 'sidecar-injector' }, annotations: inject('true') },
  ],
  ['its label elsewhere', true, 'policy', { labels: { istio: 'sidecar-injector' } }],
];

describe('decide', () => {
  it.each(CASES)('%s: %s, by %s', (_, expected, reason, input) => {
    const { labels = {}, annotations = {}, spec = {}, namespace = 'shop', policy = on } = input;
    const read = readPod({ metadata: { labels, annotations }, spec: { containers: [], ...spec } });
    if (!read.ok) throw new Error('the pod of the case is broken');
    const decision = decide({ pod: read.pod, namespace, systemNamespace: 'istio-system', policy });
    expect(decision).toMatchObject({ inject: expected, reason });
  });
});
