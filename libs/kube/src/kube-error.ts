import { MeshError, type MeshErrorCode } from '@quintet/runtime';
import { field, parseJson, textOf } from './json.ts';

/** What a failed request came to. */
export type KubeErrorParts = {
  /** HTTP status; 0 when the API server did not answer. */
  readonly status: number;
  /** `reason` of the Status that was answered, e.g. `AlreadyExists`; empty when there is none. */
  readonly reason?: string;
  /** How long the API server asks to wait, milliseconds. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
};

/** A request to the API server that failed, in words that a caller can react to. */
export class KubeError extends MeshError {
  readonly status: number;
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, parts: KubeErrorParts) {
    super(codeFor(parts.status, parts.reason ?? ''), message, { cause: parts.cause });
    this.status = parts.status;
    this.reason = parts.reason ?? '';
    this.retryAfterMs = parts.retryAfterMs;
  }
}

const CODES: ReadonlyMap<number, MeshErrorCode> = new Map([
  [400, 'invalid_argument'],
  [401, 'unauthenticated'],
  [403, 'permission_denied'],
  [404, 'not_found'],
  [405, 'unimplemented'],
  [409, 'aborted'],
  // What was asked for is older than what the API server remembers.
  [410, 'out_of_range'],
  [413, 'resource_exhausted'],
  [415, 'unimplemented'],
  [422, 'invalid_argument'],
  [429, 'resource_exhausted'],
  [504, 'deadline_exceeded'],
]);

function codeFor(status: number, reason: string): MeshErrorCode {
  if (reason === 'AlreadyExists') return 'already_exists';
  return CODES.get(status) ?? 'unavailable';
}

/** The error that an answer stands for; `what` names the request. */
export function errorOfAnswer(
  what: string,
  answer: { readonly status: number; readonly body: string; readonly retryAfter?: string },
): KubeError {
  const status = parseJson(answer.body);
  const text = textOf(status, 'message') || answer.body.slice(0, 200).trim();
  return new KubeError(`${what}: ${answer.status}${text === '' ? '' : ` ${text}`}`, {
    status: answer.status,
    reason: textOf(status, 'reason'),
    ...retryAfter(answer.retryAfter, field(field(status, 'details'), 'retryAfterSeconds')),
  });
}

function retryAfter(header: string | undefined, seconds: unknown): { retryAfterMs?: number } {
  const wait = header === undefined ? seconds : Number(header);
  return typeof wait === 'number' && wait > 0 ? { retryAfterMs: wait * 1000 } : {};
}

/** Whether an error says that there is no such object, or no such type of objects. */
export function isNotFound(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

/** Whether an object has changed since it was read (not: exists already). */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeError && error.status === 409 && error.code === 'aborted';
}

/** Whether a list or a watch has to begin anew, because its version is not known any more (or not yet). */
export function isGone(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  if (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone') return true;
  // After etcd was restored from a backup its versions are lower than the one that a watch asks for.
  return error.message.includes('Too large resource version');
}
