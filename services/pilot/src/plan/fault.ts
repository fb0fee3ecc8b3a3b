import { durationMillis } from '@quintet/model';
import type {
  HTTPFaultInjection,
  HTTPFaultInjection_Abort,
  HTTPFaultInjection_Delay,
} from '@quintet/proto/istio/networking/v1alpha3/virtual_service_pb.js';
import type { FaultPlan } from './route-types.ts';

/** The faults a route injects, or undefined for none. A fault without a percentage hits nobody, as in the classic mesh. */
export function faultPlan(fault: HTTPFaultInjection | undefined): FaultPlan | undefined {
  const plan = { ...delayOf(fault?.delay), ...abortOf(fault?.abort) };
  return Object.keys(plan).length === 0 ? undefined : plan;
}

function delayOf(delay: HTTPFaultInjection_Delay | undefined): Pick<FaultPlan, 'delay'> {
  if (delay?.httpDelayType.case !== 'fixedDelay') return {};
  return { delay: { durationMs: durationMillis(delay.httpDelayType.value), percent: percentOf(delay) } };
}

function abortOf(abort: HTTPFaultInjection_Abort | undefined): Pick<FaultPlan, 'abort'> {
  if (abort?.errorType.case !== 'httpStatus') return {};
  return { abort: { httpStatus: abort.errorType.value, percent: percentOf(abort) } };
}

/** `percentage` counts before the deprecated whole number. */
function percentOf(fault: {
  readonly percentage?: { readonly value: number } | undefined;
  readonly percent: number;
}): number {
  return fault.percentage?.value ?? fault.percent;
}
