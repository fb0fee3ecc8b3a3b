import type {
  HTTPFaultInjection,
  HTTPFaultInjection_Abort,
  HTTPFaultInjection_Delay,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import { type Report, shown } from './report.ts';
import { checkDuration, checkPercent, checkPercentage } from './values.ts';

/** Checks what goes wrong on purpose. */
export function checkFault(fault: HTTPFaultInjection | undefined, path: string, report: Report): void {
  if (fault === undefined) return;
  if (fault.delay === undefined && fault.abort === undefined)
    report(path, 'expected delay or abort, found neither');
  if (fault.delay !== undefined) checkDelay(fault.delay, `${path}.delay`, report);
  if (fault.abort !== undefined) checkAbort(fault.abort, `${path}.abort`, report);
}

function checkDelay(delay: HTTPFaultInjection_Delay, path: string, report: Report): void {
  checkPercent(delay.percent, `${path}.percent`, report);
  checkPercentage(delay.percentage, `${path}.percentage`, report);
  const { httpDelayType: type } = delay;
  if (type.case === 'fixedDelay') checkDuration(type.value, `${path}.fixedDelay`, report);
  else if (type.case === undefined) report(path, 'expected fixedDelay, found none');
  else report(`${path}.${type.case}`, 'exponential delays are not supported: expected fixedDelay');
}

function checkAbort(abort: HTTPFaultInjection_Abort, path: string, report: Report): void {
  checkPercent(abort.percent, `${path}.percent`, report);
  checkPercentage(abort.percentage, `${path}.percentage`, report);
  const { errorType: type } = abort;
  if (type.case === 'httpStatus') {
    if (type.value < 200 || type.value > 599) {
      report(`${path}.httpStatus`, `expected a status from 200 to 599, found ${type.value}`);
    }
  } else if (type.case === undefined) report(path, 'expected httpStatus, found none');
  else if (type.case === 'grpcStatus') {
    if (!GRPC_STATUSES.has(type.value))
      report(`${path}.grpcStatus`, `expected the name of a gRPC status, found ${shown(type.value)}`);
  } else report(`${path}.${type.case}`, `${type.case} is not supported: expected httpStatus`);
}

/** Aborts with them came after the classic API, which had the field and refused it. */
const GRPC_STATUSES: ReadonlySet<string> = new Set([
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]);
