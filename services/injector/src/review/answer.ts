import type { JsonObject } from '@bufbuild/protobuf';
import { type AdmissionReview, admissionAnswer } from '@quintet/kube';
import type { Verdict } from './review-pod.ts';

/** HTTP codes in the status of a refusal, as `kubectl` shows them. */
const INVALID = 400;
const INTERNAL = 500;
/** Kubernetes cuts warnings that are longer. */
const MAX_WARNING = 256;

/** The review that goes back: the version of the question, its uid, and the verdict. */
export function answer(review: AdmissionReview, verdict: Verdict): JsonObject {
  switch (verdict.outcome) {
    case 'refused':
      return admissionAnswer(review, {
        allowed: false,
        status: { code: INVALID, message: `sidecar injection: ${verdict.message}`, reason: 'BadRequest' },
      });
    case 'skipped':
      return admissionAnswer(review, { allowed: true, auditAnnotations: auditOf(verdict) });
    case 'injected': {
      const warnings = verdict.notices.map(({ path, message }) =>
        `${path}: ${message}`.slice(0, MAX_WARNING),
      );
      return admissionAnswer(review, {
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(verdict.patch)).toString('base64'),
        auditAnnotations: auditOf(verdict),
        // Answers of v1beta1 know warnings too, from Kubernetes 1.19 on.
        ...(warnings.length > 0 && { warnings }),
      });
    }
  }
}

/** The answer when the injector itself failed; the log says why. */
export function internalError(review: AdmissionReview): JsonObject {
  const message = 'sidecar injection failed: internal error, see the log of the injector';
  return admissionAnswer(review, {
    allowed: false,
    status: { code: INTERNAL, message, reason: 'InternalError' },
  });
}

/** Goes into the audit log of the API server. */
function auditOf({ outcome, reason }: Verdict): JsonObject {
  return { outcome, reason };
}
