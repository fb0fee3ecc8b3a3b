import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { MeshError } from '@quintet/runtime';
import { field, isObject, textOf } from '../json.ts';

/** A question of the API server to a webhook. */
export type AdmissionReview = {
  readonly apiVersion: ReviewVersion;
  readonly request: AdmissionRequest;
};

export type AdmissionRequest = {
  readonly uid: string;
  /** Group (empty for the core group), version and kind of the object, as texts of any content. */
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly namespace: string;
  readonly name: string;
  /** `CREATE`, `UPDATE`, `DELETE`, `CONNECT`, or whatever was sent. */
  readonly operation: string;
  /** The answer has no consequence: nothing is to be told to others. */
  readonly dryRun: boolean;
  readonly object: JsonValue | undefined;
};

export const REVIEW_VERSIONS = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
export type ReviewVersion = (typeof REVIEW_VERSIONS)[number];

/**
 * Reads the body of a review, parsed JSON of anybody. Throws `invalid_argument` naming path, found and expected for
 * what is no review, and for a review without a uid: an answer would have nobody to go to.
 */
export function readAdmissionReview(body: JsonValue | undefined): AdmissionReview {
  const review = objectOf(body, 'the body');
  const version = field(review, 'apiVersion');
  const apiVersion = REVIEW_VERSIONS.find((known) => known === version);
  if (apiVersion === undefined) throw wrong('apiVersion', REVIEW_VERSIONS.join(' or '), version);
  const kindOfReview = field(review, 'kind');
  if (kindOfReview !== 'AdmissionReview') throw wrong('kind', 'AdmissionReview', kindOfReview);
  const request = objectOf(field(review, 'request'), 'request');
  const kind = objectOf(field(request, 'kind') ?? {}, 'request.kind');
  const uid = textOf(request, 'uid');
  if (uid === '') throw wrong('request.uid', 'a text', field(request, 'uid'));
  return {
    apiVersion,
    request: {
      uid,
      kind: { group: textOf(kind, 'group'), version: textOf(kind, 'version'), kind: textOf(kind, 'kind') },
      namespace: textOf(request, 'namespace'),
      name: textOf(request, 'name'),
      operation: textOf(request, 'operation'),
      dryRun: field(request, 'dryRun') === true,
      object: field(request, 'object'),
    },
  };
}

/** The review that goes back: the version of the question, its uid, and the response. */
export function admissionAnswer({ apiVersion, request }: AdmissionReview, response: JsonObject): JsonObject {
  return { apiVersion, kind: 'AdmissionReview', response: { uid: request.uid, ...response } };
}

function objectOf(value: JsonValue | undefined, path: string): JsonObject {
  if (!isObject(value)) throw wrong(path, 'a JSON object', value);
  return value;
}

function wrong(path: string, expected: string, found: JsonValue | undefined): MeshError {
  return new MeshError('invalid_argument', `${path}: expected ${expected}, found ${shown(found)}`);
}

/** Lists and objects are not written out: they may be as deep as their sender likes. */
function shown(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return JSON.stringify(value).slice(0, 100);
}
