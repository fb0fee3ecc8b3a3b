import type { JsonObject } from '@bufbuild/protobuf';
import { type AdmissionReview, admissionAnswer } from '@quintet/kube';
import type { Verdict } from './judge.ts';

/** HTTP codes in the status of a refusal, as `kubectl` shows them. */
const INVALID = 400;
const INTERNAL = 500;
/** The API server cuts longer warnings, drops those with control characters, and takes 4,096 characters in all. */
const MAX_WARNING = 250;
const MAX_WARNINGS = 14;
/** Of a status message nobody reads more. */
const MAX_MESSAGE = 4096;

/** The review that goes back. Answers of v1beta1 know warnings too, from Kubernetes 1.19 on. */
export function answerReview(review: AdmissionReview, verdict: Verdict): JsonObject {
  if (!verdict.allowed) {
    const message = printable(verdict.message, MAX_MESSAGE);
    return admissionAnswer(review, {
      allowed: false,
      status: { status: 'Failure', message, reason: 'BadRequest', code: INVALID },
    });
  }
  const warnings = verdict.warnings.slice(0, MAX_WARNINGS).map((text) => printable(text, MAX_WARNING));
  const more = verdict.warnings.length - warnings.length;
  if (more > 0) warnings.push(`and ${more} more warnings`);
  return admissionAnswer(review, { allowed: true, ...(warnings.length > 0 && { warnings }) });
}

/** The answer when galley itself failed; its log says why. */
export function internalError(review: AdmissionReview): JsonObject {
  const message = 'validation failed: internal error, see the log of galley';
  return admissionAnswer(review, {
    allowed: false,
    status: { status: 'Failure', message, reason: 'InternalError', code: INTERNAL },
  });
}

function printable(text: string, most: number): string {
  const clean = text.replaceAll(/\p{Cc}/gu, ' ');
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}
