import { fromJson } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { Finding } from '../finding.ts';
import type { Labels } from '../labels.ts';
import { child, childPath, childText, describe, type Located, quote } from './located.ts';
import { suggest } from './suggest.ts';

/** The metadata of an object that matters to us. */
export type Metadata = {
  readonly name: string;
  /** Empty when not written. */
  readonly namespace: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** Milliseconds since 1970; 0 when not written. */
  readonly createTime: number;
};

/** What Kubernetes puts into metadata and we read over. */
const OTHERS_OF_KUBERNETES = [
  'uid',
  'resourceVersion',
  'generation',
  'generateName',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
  'clusterName',
  'initializers',
];
const KNOWN = ['name', 'namespace', 'labels', 'annotations', 'creationTimestamp', ...OTHERS_OF_KUBERNETES];
/** RFC 1123 subdomain, as the API server asks of names of custom resources. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** True for a name that the API server takes: an RFC 1123 subdomain of at most 253 characters. */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && NAME.test(name);
}

/** True for the name of a namespace: at most 63 lower case letters, digits and `-`. */
export function isNamespaceName(namespace: string): boolean {
  return NAMESPACE.test(namespace);
}

/** Reads `metadata`; findings have the code QTT1003. A missing or wrong part is empty in the result. */
export function decodeMetadata(node: Located | undefined): {
  metadata: Metadata;
  findings: readonly Finding[];
} {
  const findings: Finding[] = [];
  const report = (path: string, line: number, message: string): void => {
    findings.push({ code: 'QTT1003', path, line, message });
  };
  if (node?.kind !== 'map') {
    const found = node === undefined ? 'none' : describe(node);
    report('metadata', node?.line ?? 0, `expected a map with the object's name, found ${found}`);
    return { metadata: { name: '', namespace: '', labels: {}, annotations: {}, createTime: 0 }, findings };
  }
  for (const [key, entry] of node.entries) {
    if (KNOWN.includes(key)) continue;
    const guess = suggest(key, KNOWN);
    const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
    report(childPath('metadata', key), entry.line, `unknown field ${quote(key)}${hint}`);
  }
  const metadata = {
    name: readName(node, report),
    namespace: readNamespace(node, report),
    labels: readLabels(node, 'labels', report),
    annotations: readLabels(node, 'annotations', report),
    createTime: readCreateTime(node, report),
  };
  return { metadata, findings };
}

type Report = (path: string, line: number, message: string) => void;

function readName(node: Located, report: Report): string {
  const written = child(node, 'name');
  const name = childText(node, 'name');
  if (name !== undefined && isObjectName(name)) return name;
  const found = written === undefined ? 'none' : describe(written);
  const expected = 'lower case letters, digits, "-" and ".", beginning and ending with a letter or digit';
  report('metadata.name', written?.line ?? node.line, `expected a name of ${expected}; found ${found}`);
  return '';
}

function readNamespace(node: Located, report: Report): string {
  const written = child(node, 'namespace');
  if (written === undefined || (written.kind === 'scalar' && written.value === null)) return '';
  const namespace = childText(node, 'namespace') ?? '';
  if (isNamespaceName(namespace)) return namespace;
  const expected = 'at most 63 lower case letters, digits and "-"';
  report(
    'metadata.namespace',
    written.line,
    `expected a namespace of ${expected}; found ${describe(written)}`,
  );
  return '';
}

function readLabels(node: Located, field: 'labels' | 'annotations', report: Report): Labels {
  const written = child(node, field);
  if (written === undefined || (written.kind === 'scalar' && written.value === null)) return {};
  if (written.kind !== 'map') {
    report(`metadata.${field}`, written.line, `expected a map of strings, found ${describe(written)}`);
    return {};
  }
  const labels: [string, string][] = [];
  for (const [key, entry] of written.entries) {
    if (entry.value.kind === 'scalar' && typeof entry.value.value === 'string')
      labels.push([key, entry.value.value]);
    else {
      const message = `expected a string (in quotes where it looks like something else), found ${describe(entry.value)}`;
      report(childPath(`metadata.${field}`, key), entry.line, message);
    }
  }
  return Object.fromEntries(labels);
}

function readCreateTime(node: Located, report: Report): number {
  const written = child(node, 'creationTimestamp');
  if (written === undefined || (written.kind === 'scalar' && written.value === null)) return 0;
  const time = parseTime(childText(node, 'creationTimestamp') ?? '');
  if (time !== undefined) return time;
  const message = `expected a time such as "2020-01-31T12:00:00Z", found ${describe(written)}`;
  report('metadata.creationTimestamp', written.line, message);
  return 0;
}

/** Milliseconds since 1970 of a time as RFC 3339 has it, rounded down; undefined for any other text. */
export function parseTime(text: string): number | undefined {
  try {
    const time = fromJson(TimestampSchema, text);
    return Number(time.seconds) * 1000 + Math.floor(time.nanos / 1_000_000);
  } catch {
    return undefined;
  }
}
