import type {
  PolicyTargetReference,
  WorkloadSelector,
} from '@quintet/proto/istio/type/v1beta1/selector_pb.js';
import { checkSelector } from './names.ts';
import { type Report, shown } from './report.ts';

type PolicyTargets = {
  readonly selector?: WorkloadSelector | undefined;
  readonly targetRef?: PolicyTargetReference | undefined;
  readonly targetRefs: readonly PolicyTargetReference[];
};

/** Checks what a policy is for: workloads by their labels, or objects by their names (later releases). */
export function checkPolicyTargets(
  { selector, targetRef, targetRefs }: PolicyTargets,
  namespace: string,
  report: Report,
): void {
  checkSelector(selector?.matchLabels ?? {}, 'spec.selector.matchLabels', report);
  const written = Object.entries({ selector, targetRef, targetRefs }).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  const [, second] = written;
  if (second !== undefined)
    report(`spec.${second[0]}`, 'expected one of selector, targetRef and targetRefs, found several');
  if (targetRef !== undefined) checkReference(targetRef, 'spec.targetRef', namespace, report);
  for (const [index, reference] of targetRefs.entries())
    checkReference(reference, `spec.targetRefs[${index}]`, namespace, report);
}

function checkReference(reference: PolicyTargetReference, path: string, own: string, report: Report): void {
  for (const field of ['kind', 'name'] as const) {
    if (reference[field] === '') report(`${path}.${field}`, `expected a ${field}, found none`);
  }
  const { namespace } = reference;
  if (namespace !== '' && namespace !== own)
    report(`${path}.namespace`, `expected none, or the policy's own namespace; found ${shown(namespace)}`);
}
