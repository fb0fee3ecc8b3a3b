import type { JsonObject } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { corrected } from './compare.ts';
import { defaultRegistration, isMap, readRegistration, withRoots } from './desired.ts';

const NAMES = { name: 'istio-galley', serviceName: 'istio-galley', namespace: 'istio-system' };
const service = { name: 'istio-galley', namespace: 'istio-system', path: '/admitpilot' };
const webhook = {
  name: 'pilot.validation.istio.io',
  clientConfig: { service, caBundle: '' },
  rules: [{ operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
};
const file = (parts: object = {}) =>
  stringify({
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'istio-galley', labels: { app: 'galley' } },
    webhooks: [webhook],
    ...parts,
  });

describe('the registration', () => {
  it('of a classic file says what an API server of today wants to know', () => {
    const registration = readRegistration(file(), NAMES);
    expect(registration).toEqual({
      ...{ name: 'istio-galley', labels: { app: 'galley' }, annotations: {}, usesService: true },
      webhooks: [
        {
          name: 'pilot.validation.istio.io',
          clientConfig: { service: { ...service, port: 443 } },
          rules: [{ ...webhook.rules[0], scope: '*' }],
          ...{ failurePolicy: 'Fail', matchPolicy: 'Equivalent', sideEffects: 'None', timeoutSeconds: 10 },
          ...{ namespaceSelector: {}, objectSelector: {}, admissionReviewVersions: ['v1', 'v1beta1'] },
        },
      ],
    });
    const [sent] = withRoots(registration, 'PEM');
    expect(sent?.clientConfig).toEqual({ service: { ...service, port: 443 }, caBundle: 'UEVN' });
  });

  it('takes policy, time and addresses from the file', () => {
    const own = {
      ...webhook,
      failurePolicy: 'Ignore',
      timeoutSeconds: 3,
      clientConfig: { url: 'https://a/' },
    };
    const registration = readRegistration(file({ webhooks: [own] }), NAMES);
    expect(registration.usesService).toBe(false);
    expect(registration.webhooks).toMatchObject([{ failurePolicy: 'Ignore', timeoutSeconds: 3 }]);
  });

  it.each([
    ['[', 'no YAML'],
    ['- a', 'expected a map'],
    [file({ kind: 'Pod' }), 'kind: expected ValidatingWebhookConfiguration, found "Pod"'],
    [file({ apiVersion: 'v1' }), 'apiVersion: expected admissionregistration.k8s.io/v1 or'],
    [
      file({ metadata: { name: 'other' } }),
      'metadata.name: expected istio-galley as --webhook-name says, found "other"',
    ],
    [file({ webhooks: [] }), 'webhooks: expected at least one'],
    [file({ webhooks: [{}] }), 'webhooks[0].name: expected a name'],
    [file({ webhooks: [{ name: 'a' }] }), 'webhooks[0].clientConfig: expected service or url'],
    [
      file({ webhooks: [{ name: 'a', clientConfig: {} }] }),
      'webhooks[0].clientConfig: expected either service or url',
    ],
    [file({ webhooks: [{ ...webhook, rules: 1 }] }), 'webhooks[0].rules: expected a list'],
    ['x'.repeat(1024 * 1024 + 1), 'expected at most 1048576 characters'],
  ])('is refused: %.60s', (text, message) => {
    expect(() => readRegistration(text, NAMES)).toThrow(`--validation-webhook-config-file: ${message}`);
  });

  it('without a file is for every kind that is known', () => {
    const { webhooks, usesService } = defaultRegistration(NAMES);
    expect(usesService).toBe(true);
    expect(webhooks.map(({ name }) => name)).toEqual([
      'pilot.validation.istio.io',
      'mixer.validation.istio.io',
    ]);
    expect(JSON.stringify(webhooks[0]?.rules)).toContain('virtualservices');
    expect(JSON.stringify(webhooks[0]?.rules)).toContain('httpapispecs');
    expect(JSON.stringify(webhooks[1]?.rules)).not.toContain('httpapispecs');
    expect(JSON.stringify(webhooks[1]?.rules)).toContain('attributemanifests');
  });
});

const metadataOf = ({ metadata }: JsonObject): JsonObject => (isMap(metadata) ? metadata : {});

describe('what is there', () => {
  const registration = readRegistration(file(), NAMES);
  const webhooks = withRoots(registration, 'PEM');
  const owner = { name: 'istio-galley-istio-system', uid: 'u1' };
  const wanted = { registration, webhooks, owner };
  const present = (): JsonObject => JSON.parse(JSON.stringify(corrected(wanted, undefined)));

  it('is left alone when it is right, whatever others added', () => {
    const object = present();
    const { ownerReferences = [] } = metadataOf(object);
    const labels = { app: 'galley', theirs: 'x' };
    const metadata = { name: 'istio-galley', labels, ownerReferences, resourceVersion: '7', generation: 2 };
    expect(corrected(wanted, { ...object, metadata })).toBeUndefined();
  });

  it.each<[string, (object: JsonObject) => JsonObject]>([
    ['rules', (object) => ({ ...object, webhooks: [{ ...webhooks[0], rules: [] }] })],
    ['roots', (object) => ({ ...object, webhooks: [...withRoots(registration, 'OTHER')] })],
    ['a further webhook', (object) => ({ ...object, webhooks: [...webhooks, ...webhooks] })],
    ['a missing label', (object) => ({ ...object, metadata: { name: 'istio-galley' } })],
  ])('is put right: %s', (_, change) => {
    const fixed = corrected(wanted, change(present()));
    expect(fixed).toMatchObject({
      webhooks,
      metadata: { labels: { app: 'galley' }, ownerReferences: [owner] },
    });
  });

  it('has the owner that is there now', () => {
    const next = { ...wanted, owner: { ...owner, uid: 'u2' } };
    const fixed = corrected(next, present()) ?? {};
    expect(metadataOf(fixed).ownerReferences).toMatchObject([{ uid: 'u2' }]);
  });
});
