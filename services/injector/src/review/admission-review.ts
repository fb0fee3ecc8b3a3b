import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { MeshError } from '@quintet/runtime';

/** A question of the API server, as far as the injector looks at it. */
export type AdmissionReview = {
  readonly apiVersion: ReviewVersion;
  readonly request: AdmissionRequest;
};

export type AdmissionRequest = {
  readonly uid: string;
  /** Kind of the object, `v1 Pod`. */
  readonly kind: string;
  readonly namespace: string;
  readonly operation: string;
  /** The answer has no consequence: nothing is to be told to others. */
  readonly dryRun: boolean;
  readonly object: JsonValue | undefined;
};

export const REVIEW_VERSIONS = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
export type ReviewVersion = (typeof REVIEW_VERSIONS)[number];

/**
 * Reads the body of a review. Throws `invalid_argument` naming path, found and expected for what is no review, and
 * for a review without a uid: an answer would have nobody to go to.
 */
export function readReview(body: unknown): AdmissionReview {
  const review = objectOf(body, 'the body');
  const apiVersion = REVIEW_VERSIONS.find((version) => version === review.apiVersion);
  if (apiVersion === undefined) throw wrong('apiVersion', REVIEW_VERSIONS.join(' or '), review.apiVersion);
  if (review.kind !== 'AdmissionReview') throw wrong('kind', 'AdmissionReview', review.kind);
  const request = objectOf(review.request, 'request');
  const kind = objectOf(request.kind ?? {}, 'request.kind');
  const uid = textOf(request, 'uid');
  if (uid === '') throw wrong('request.uid', 'a text', request.uid);
  const group = textOf(kind, 'group');
  const version = textOf(kind, 'version');
  return {
    apiVersion,
    request: {
      uid,
      kind: `${group === '' ? '' : `${group}/`}${version} ${textOf(kind, 'kind')}`,
      namespace: textOf(request, 'namespace'),
      operation: textOf(request, 'operation'),
      dryRun: request.dryRun === true,
      object: request.object,
    },
  };
}

function objectOf(value: unknown, path: string): JsonObject {
  if (!isObject(value)) throw wrong(path, 'a JSON object', value);
  return value;
}

/** What the JSON parser made is JSON. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

function wrong(path: string, expected: string, found: unknown): MeshError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 100);
  return new MeshError('invalid_argument', `${path}: expected ${expected}, found ${shown}`);
}
