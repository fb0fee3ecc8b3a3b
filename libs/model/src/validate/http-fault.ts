import type {
  HTTPFaultInjection,
  HTTPFaultInjection_Abort,
  HTTPFaultInjection_Delay,
  Percent,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { Report } from './report.ts';
import { checkDuration, checkPercent } from './values.ts';

/** The smallest part of a hundred that the proxy can tell from none. */
const LEAST_PERCENTAGE = 0.0001;

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
  else report(`${path}.${type.case}`, `${type.case} is not supported: expected httpStatus`);
}

function checkPercentage(percentage: Percent | undefined, path: string, report: Report): void {
  const value = percentage?.value ?? 0;
  if (value === 0 || (value >= LEAST_PERCENTAGE && value <= 100)) return;
  report(`${path}.value`, `expected 0 or a percentage from ${LEAST_PERCENTAGE} to 100, found ${value}`);
}
