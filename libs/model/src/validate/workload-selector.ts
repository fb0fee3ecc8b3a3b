import { childPath } from '../decode/located.ts';
import type { Labels } from '../labels.ts';
import { checkLabels } from './names.ts';
import { type Report, shown } from './report.ts';

/** Checks a selector of workloads by labels: at least one, with keys, and without stars. */
export function checkWorkloadSelector(
  selector: { readonly labels: Labels } | undefined,
  report: Report,
): void {
  if (selector === undefined) return;
  const path = 'spec.workloadSelector.labels';
  if (Object.keys(selector.labels).length === 0) report(path, 'expected at least one label, found none');
  for (const [key, value] of Object.entries(selector.labels)) {
    if (key === '') report(path, 'expected a key, found an empty one');
    else if (key.includes('*') || value.includes('*'))
      report(childPath(path, key), `a selector has no stars, found ${shown(`${key}=${value}`)}`);
    else checkLabels({ [key]: value }, path, report);
  }
}
