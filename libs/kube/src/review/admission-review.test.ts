import type { JsonValue } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { admissionAnswer, readAdmissionReview } from './admission-review.ts';

const review = (request: object, rest: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u', ...request },
  ...rest,
});

describe('an admission review', () => {
  it('is read, and answered in its own version', () => {
    const question = readAdmissionReview({
      ...review({
        kind: { group: 'networking.istio.io', version: 'v1', kind: 'Gateway' },
        ...{ namespace: 'shop', name: 'g', operation: 'CREATE', dryRun: true, object: { a: 1 } },
      }),
      apiVersion: 'admission.k8s.io/v1beta1',
    });
    expect(question.request).toEqual({
      uid: 'u',
      kind: { group: 'networking.istio.io', version: 'v1', kind: 'Gateway' },
      ...{ namespace: 'shop', name: 'g', operation: 'CREATE', dryRun: true, object: { a: 1 } },
    });
    expect(admissionAnswer(question, { allowed: true })).toEqual({
      apiVersion: 'admission.k8s.io/v1beta1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true },
    });
  });

  it('may leave out what it does not need', () => {
    expect(readAdmissionReview(review({})).request).toMatchObject({
      kind: { group: '', version: '', kind: '' },
      ...{ namespace: '', operation: '', dryRun: false, object: undefined },
    });
  });

  let deep: JsonValue = 'x';
  for (let level = 0; level < 100_000; level++) deep = [deep];
  it.each<[JsonValue | undefined, string]>([
    [undefined, 'the body: expected a JSON object, found nothing'],
    [[], 'the body: expected a JSON object, found a list'],
    [review({}, { apiVersion: 'v1' }), 'apiVersion: expected admission.k8s.io/v1 or '],
    [review({}, { apiVersion: deep }), 'found a list'],
    [review({}, { kind: 'Pod' }), 'kind: expected AdmissionReview, found "Pod"'],
    [review({}, { request: null }), 'request: expected a JSON object, found null'],
    [review({ kind: 1 }), 'request.kind: expected a JSON object, found 1'],
    [review({ uid: '' }), 'request.uid: expected a text, found ""'],
    [review({ uid: {} }), 'request.uid: expected a text, found an object'],
    [JSON.parse('{"__proto__":{"kind":"AdmissionReview"}}'), 'apiVersion: expected'],
  ])('that is none is refused: %#', (body, message) => {
    expect(() => readAdmissionReview(body)).toThrow(message);
  });
});
