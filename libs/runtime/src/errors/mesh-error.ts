/**
 * What a caller can react to. The words are those of gRPC's canonical codes, because that is how an error
 * travels between services; `internal` is left out on purpose: a bug is thrown as it is.
 */
export type MeshErrorCode =
  | 'cancelled'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'aborted'
  | 'out_of_range'
  | 'unimplemented'
  | 'unavailable'
  | 'data_loss'
  | 'unauthenticated';

export type MeshErrorOptions = {
  /** What lies beneath; goes to the log, never to the other side. */
  readonly cause?: unknown;
  /** One sentence on what to do about it, for the person who reads the message. */
  readonly hint?: string;
};

/** An error for a caller who can react. Its message is safe to show to the other side. */
export class MeshError extends Error {
  override readonly name = 'MeshError';
  readonly code: MeshErrorCode;
  readonly hint: string | undefined;

  constructor(code: MeshErrorCode, message: string, options: MeshErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Text of anything thrown, with its chain of causes: `a: b: c`. */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let e: unknown = error; e !== undefined && e !== null && parts.length < 8; ) {
    const text = e instanceof Error ? e.message || e.name : String(e);
    if (parts.at(-1)?.includes(text) !== true) parts.push(text);
    e = e instanceof Error ? e.cause : undefined;
  }
  return parts.join(': ');
}
