import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { AdmissionRequest } from '@quintet/kube';
import { KINDS } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from './judge.ts';
import { ADMISSION_PATHS } from './paths.ts';

const request = (object: JsonValue | undefined, more: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  uid: 'u',
  kind: { group: '', version: '', kind: '' },
  ...{ namespace: 'shop', name: '', operation: 'CREATE', dryRun: false, object },
  ...more,
});

const kindsOf = (wanted: string) => ADMISSION_PATHS.find(({ path }) => path === wanted)?.kinds ?? [];

const pilot = (object: JsonValue | undefined, more: Partial<AdmissionRequest> = {}): Verdict =>
  judge(request(object, more), { kinds: kindsOf('/admitpilot') });
const mixer = (object: JsonValue): Verdict =>
  judge(request(object), {
    kinds: kindsOf('/admitmixer'),
    alsoCheck: ({ name }) => (name === 'odd' ? [{ path: 'spec.match', message: 'refers to nothing' }] : []),
  });

const service = (spec: JsonValue, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'VirtualService',
  metadata: { name: 'reviews', namespace: 'shop', uid: 'x', managedFields: [] },
  spec,
  ...more,
});
const route = [{ route: [{ destination: { host: 'reviews' } }] }];
const good = service({ hosts: ['reviews'], http: route });
const rule = (name: string): JsonObject => ({
  apiVersion: 'config.istio.io/v1alpha2',
  kind: 'rule',
  metadata: { name },
  spec: { match: 'true', actions: [{ handler: 'h', instances: ['i'] }] },
});

describe('the webhook', () => {
  it.each([
    ['CREATE', undefined],
    ['UPDATE', undefined],
    ['DELETE', 'unsupported_operation'],
    ['CONNECT', 'unsupported_operation'],
    ['', 'unsupported_operation'],
  ])('judges creation and change only: %s', (operation, reason) => {
    expect(pilot(good, { operation })).toEqual({ allowed: true, warnings: [], ...(reason && { reason }) });
    const bad = pilot(service({}), { operation });
    expect(bad.allowed).toBe(reason !== undefined);
  });

  it('lets a wrong object go that is being deleted: its finalizers are taken off by updates', () => {
    const metadata = { name: 'reviews', deletionTimestamp: '2026-01-01T00:00:00Z' };
    const verdict = pilot(service({}, { metadata }), { operation: 'UPDATE' });
    expect(verdict).toEqual({ allowed: true, warnings: [expect.stringMatching(/spec\.hosts: expected/)] });
    expect(pilot(service({}, { metadata }), { operation: 'CREATE' }).allowed).toBe(false);
    const staying = service({}, { metadata: { ...metadata, deletionTimestamp: null } });
    expect(pilot(staying, { operation: 'UPDATE' }).allowed).toBe(false);
  });

  it('lets an object through whose spec has unknown fields, and names them', () => {
    const odd = service({ hosts: ['reviews'], http: [{ ...route[0], timeuot: '5s' }] });
    expect(pilot(odd)).toEqual({
      allowed: true,
      warnings: ['spec.http[0].timeuot: unknown field "timeuot" in HTTPRoute; did you mean "timeout"?'],
    });
  });

  it('warns of what is accepted and has no effect', () => {
    const verdict = pilot({
      apiVersion: 'rbac.istio.io/v1alpha1',
      kind: 'ServiceRole',
      metadata: { name: 'a' },
      spec: { rules: [{ services: ['*'] }] },
    });
    expect(verdict).toMatchObject({ allowed: true });
    expect(verdict.allowed && verdict.warnings.join()).toMatch(/not realised/);
  });

  it('warns of what restricts access and is not realised, and lets it through: it is valid', () => {
    const verdict = pilot({
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default' },
      spec: { mtls: { mode: 'STRICT' } },
    });
    expect(verdict).toEqual({
      allowed: true,
      warnings: [expect.stringContaining('spec.mtls.mode: mode STRICT is not realised')],
    });
  });

  it.each<[string, Verdict, string, string | RegExp]>([
    [
      'a wrong value',
      pilot(service({ hosts: ['reviews'], http: [{ ...route[0], timeout: '-1s' }] })),
      'invalid_resource',
      /^configuration is invalid: spec\.http\[0\]\.timeout: /,
    ],
    [
      'a wrong host',
      pilot(service({ hosts: ['a b'], http: route })),
      'invalid_resource',
      /^configuration is invalid: spec\.hosts/,
    ],
    [
      'a wrong type',
      pilot(service({ hosts: 'reviews' })),
      'crd_conversion_error',
      /^error decoding configuration: spec\.hosts: /,
    ],
    [
      'no object',
      pilot(undefined),
      'yaml_decode_error',
      'error decoding configuration: request.object: expected an object, found nothing',
    ],
    ['null', pilot(null), 'yaml_decode_error', /found nothing/],
    ['a list', pilot([]), 'yaml_decode_error', /found a list/],
    ['a text', pilot('x'), 'yaml_decode_error', /found "x"/],
    [
      'a field beside spec',
      pilot(service({ hosts: ['a'], http: route }, { sepc: {}, data: 1 })),
      'unknown_fields',
      'configuration is invalid: unknown fields "sepc", "data"; expected apiVersion, kind, metadata, spec, status',
    ],
    [
      'an unknown kind',
      pilot(service({}, { kind: 'VirtualServices' })),
      'unknown_type',
      'unrecognized type networking.istio.io/v1beta1 VirtualServices',
    ],
    [
      'an unknown version',
      pilot(service({}, { apiVersion: 'networking.istio.io/v9' })),
      'unknown_type',
      /^unrecognized type: apiVersion: expected networking\.istio\.io\/v1/,
    ],
    [
      'a kind of Kubernetes',
      pilot({ apiVersion: 'v1', kind: 'Pod' }),
      'unknown_type',
      'unrecognized type v1 Pod',
    ],
    ['no kind', pilot({}), 'unknown_type', 'unrecognized type nothing nothing'],
    [
      'a kind of the other path',
      pilot(rule('a')),
      'unknown_type',
      'unrecognized type config.istio.io/v1alpha2 rule',
    ],
    [
      'a kind of the first path',
      mixer(good),
      'unknown_type',
      'unrecognized type networking.istio.io/v1beta1 VirtualService',
    ],
    [
      'what the further check finds',
      mixer(rule('odd')),
      'invalid_resource',
      'configuration is invalid: spec.match: refers to nothing',
    ],
    [
      'no name',
      pilot({ ...good, metadata: {} }),
      'invalid_resource',
      /^configuration is invalid: metadata\.name: /,
    ],
    [
      'a key that reaches a prototype',
      pilot(
        JSON.parse(
          '{"apiVersion":"networking.istio.io/v1","kind":"Gateway","metadata":{"name":"a"},"spec":{"__proto__":{}}}',
        ),
      ),
      'yaml_decode_error',
      /"__proto__" is not allowed/,
    ],
  ])('refuses %s', (_, verdict, reason, message) => {
    expect(verdict).toMatchObject({ allowed: false, reason });
    expect(verdict.allowed ? '' : verdict.message).toMatch(message);
  });

  it('lets a good rule through', () => {
    expect(mixer(rule('a'))).toMatchObject({ allowed: true });
  });

  it('refuses what is too deep', () => {
    let deep: JsonValue = 'x';
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(pilot(service(deep))).toMatchObject({ allowed: false, reason: 'yaml_decode_error' });
    expect(pilot(service({}, { kind: deep }))).toMatchObject({ reason: 'unknown_type' });
  });

  it('shows some of many mistakes', () => {
    const http = Array.from({ length: 50 }, () => ({ ...route[0], timeout: '-1s' }));
    const verdict = pilot(service({ hosts: ['a'], http }));
    expect(verdict.allowed ? '' : verdict.message).toMatch(/; and 40 more$/);
  });
});

describe('the paths', () => {
  it('take every kind that users write, each once', () => {
    const taken = ADMISSION_PATHS.flatMap(({ kinds }) => kinds.map(({ kind }) => kind));
    expect(taken.sort()).toEqual(KINDS.flatMap(({ kind, written }) => (written ? [kind] : [])).sort());
    expect(kindsOf('/admitpilot').filter(({ group }) => group === 'config.istio.io')).toHaveLength(4);
    expect(kindsOf('/admitmixer').every(({ group }) => group === 'config.istio.io')).toBe(true);
  });
});
