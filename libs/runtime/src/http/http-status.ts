import { MeshError, type MeshErrorCode } from '../errors/mesh-error.ts';

const HTTP_OF: Readonly<Record<MeshErrorCode, number>> = {
  cancelled: 499,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/**
 * How a failed request is answered. A MeshError shows its message; what the HTTP layer refused (too large a
 * body, say) keeps its status; anything else is a bug and shows nothing.
 */
export function httpStatusOf(error: unknown): { status: number; text: string } {
  if (error instanceof MeshError) return { status: HTTP_OF[error.code], text: error.message };
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    if (error.statusCode >= 400 && error.statusCode < 500)
      return { status: error.statusCode, text: error.message };
  }
  return { status: 500, text: 'internal error' };
}
