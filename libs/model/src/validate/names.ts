import { childPath } from '../decode/located.ts';
import { isIp } from '../ip.ts';
import type { Labels } from '../labels.ts';
import { type Report, shown, warnings } from './report.ts';

const LABEL = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
/** The first label of a host: a label, `*`, or a label after `*` or `*-`. */
const FIRST_LABEL = /^(\*|(\*|\*-)?[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)$/;
const QUALIFIED_NAME =
  /^([a-zA-Z0-9]([-a-zA-Z0-9_.]{0,251}[a-zA-Z0-9])?\/)?[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?$/;
const LABEL_VALUE = /^([a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?)?$/;

/** True for a DNS label (RFC 1123), as names and subsets are; the classic API takes capital letters too. */
export function isDnsLabel(text: string): boolean {
  return LABEL.test(text);
}

/** True for a DNS name of one or more labels whose last is not a number; a dot may end it. */
export function isFqdn(text: string): boolean {
  if (text.length === 0 || text.length > 255) return false;
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).split('.');
  return labels.every((label) => LABEL.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '');
}

/** True for a DNS name, `*`, or a name whose first label begins with `*`. */
export function isHostPattern(text: string): boolean {
  if (text.length > 255) return false;
  const dot = text.indexOf('.');
  if (dot < 0) return FIRST_LABEL.test(text) && !/^[0-9]+$/.test(text);
  return FIRST_LABEL.test(text.slice(0, dot)) && isFqdn(text.slice(dot + 1));
}

/** True for a host pattern or an IP address. */
export function isHostOrIp(text: string): boolean {
  return isHostPattern(text) || isIp(text);
}

/** Checks a DNS label, such as the name of a subset. */
export function checkDnsLabel(text: string, path: string, report: Report): void {
  if (isDnsLabel(text)) return;
  report(path, `expected at most 63 letters, digits and "-", found ${shown(text)}`);
}

/** Checks a host that may be a wildcard but no address. */
export function checkHostPattern(text: string, path: string, report: Report): void {
  if (isHostPattern(text)) return;
  report(path, `expected a DNS name or a wildcard such as "*.example.com", found ${shown(text)}`);
}

/** True for the value of a label as Kubernetes has them, the empty one included. */
export function isLabelValue(text: string): boolean {
  return LABEL_VALUE.test(text);
}

/** Checks labels of workloads: keys and values as Kubernetes has them. */
export function checkLabels(labels: Labels, path: string, report: Report): void {
  for (const [key, value] of Object.entries(labels)) {
    if (!QUALIFIED_NAME.test(key)) report(childPath(path, key), `${shown(key)} is not the key of a label`);
    if (!isLabelValue(value)) report(childPath(path, key), `${shown(value)} is not the value of a label`);
  }
}

/** Checks a selector of workloads, in which wildcards mean nothing and empty keys and values are mistakes. */
export function checkSelector(labels: Labels, path: string, report: Report): void {
  for (const [key, value] of Object.entries(labels)) {
    if (key === '') report(path, 'expected a key, found an empty one');
    else if (value === '') report(childPath(path, key), 'expected a value, found an empty one');
    else checkLabels({ [key]: value }, path, report);
  }
}

/** Checks labels of a selector where the classic API does not look: what cannot be a label is a warning. */
export function warnOfLabels(labels: Labels, path: string, report: Report): void {
  checkLabels(labels, path, warnings(report));
}

/** Whose visibility `exportTo` says. */
export type ExportToOptions = {
  readonly path?: string;
  /** Namespace of the object; absent for the defaults of the mesh. */
  readonly namespace?: string;
  /** True where `~` (nobody) may stand. */
  readonly nobody?: boolean;
};

/**
 * Checks `exportTo`: `*`, or `.` and namespaces without duplicates. The classic API has one entry at most, of which
 * later releases made a list; `~` stands alone.
 */
export function checkExportTo(
  exportTo: readonly string[],
  report: Report,
  { path = 'spec.exportTo', namespace, nobody = false }: ExportToOptions = {},
): void {
  const special = nobody ? ['.', '*', '~'] : ['.', '*'];
  const expected = `${special.map((each) => `"${each}"`).join(', ')} or a namespace`;
  for (const [index, entry] of exportTo.entries()) {
    if (!special.includes(entry) && !isDnsLabel(entry))
      report(`${path}[${index}]`, `expected ${expected}, found ${shown(entry)}`);
  }
  for (const alone of ['*', '~']) {
    if (exportTo.length > 1 && exportTo.some((entry) => entry === alone && special.includes(entry)))
      report(path, `"${alone}" stands alone, found ${exportTo.length} entries`);
  }
  const entries = exportTo.map((entry, index) => {
    return { value: entry === '.' ? (namespace ?? entry) : entry, path: `${path}[${index}]` };
  });
  checkUnique(entries, 'the namespace', report);
}

/** Checks that no two values are equal; `what` names them in the message. */
export function checkUnique(
  values: readonly { readonly value: string | number; readonly path: string }[],
  what: string,
  report: Report,
): void {
  const first = new Map<string | number, string>();
  for (const { value, path } of values) {
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, path);
    else report(path, `${what} ${JSON.stringify(value)} is used already by ${earlier}`);
  }
}
