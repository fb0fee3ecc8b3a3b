import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { MeshError, type MeshErrorCode } from '../errors/mesh-error.ts';

const STATUS_OF: Readonly<Record<MeshErrorCode, status>> = {
  cancelled: status.CANCELLED,
  invalid_argument: status.INVALID_ARGUMENT,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  permission_denied: status.PERMISSION_DENIED,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
  failed_precondition: status.FAILED_PRECONDITION,
  aborted: status.ABORTED,
  out_of_range: status.OUT_OF_RANGE,
  unimplemented: status.UNIMPLEMENTED,
  unavailable: status.UNAVAILABLE,
  data_loss: status.DATA_LOSS,
  unauthenticated: status.UNAUTHENTICATED,
};

const CODE_OF = new Map<status, MeshErrorCode>([
  ...entries().map(([code, number]): [status, MeshErrorCode] => [number, code]),
  // What the other side could not explain is, to us, a service that does not answer properly.
  [status.UNKNOWN, 'unavailable'],
  [status.INTERNAL, 'unavailable'],
]);

function entries(): [MeshErrorCode, status][] {
  return Object.entries(STATUS_OF) as [MeshErrorCode, status][];
}

/**
 * The status that answers a call whose handler threw. A MeshError shows its message and hint; anything else is
 * a bug: INTERNAL, and what it was stays in the log.
 */
export function statusOf(error: unknown): StatusObject {
  if (error instanceof MeshError) {
    const details = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
    return { code: STATUS_OF[error.code], details, metadata: new Metadata() };
  }
  return { code: status.INTERNAL, details: 'internal error', metadata: new Metadata() };
}

/** The error that a call's failure is for the caller; the gRPC error is its cause. */
export function meshErrorOf(error: ServiceError, what: string): MeshError {
  return new MeshError(
    CODE_OF.get(error.code) ?? 'unavailable',
    `${what}: ${error.details || error.message}`,
    {
      cause: error,
    },
  );
}
