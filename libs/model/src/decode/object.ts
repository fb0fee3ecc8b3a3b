import type { ConfigObject } from '../config-object.ts';
import { makeConfigObject } from '../config-object-make.ts';
import type { Finding } from '../finding.ts';
import type { Issue, Origin, ResourceRef } from '../issue.ts';
import { issueFromFinding } from '../issue-from-finding.ts';
import type { Kind } from '../kinds/kind.ts';
import { configurationGroups, KINDS, kindByName } from '../kinds/kinds.ts';
import { decodeNative } from '../native/decode-native.ts';
import type { NativeObject } from '../native/native-object.ts';
import { child, childPath, childText, describe, type Located, lineOf, quote } from './located.ts';
import { decodeMessage } from './message.ts';
import { decodeMetadata } from './metadata.ts';
import { suggest } from './suggest.ts';

/** What was made of one object of a file. */
export type ParsedObject = {
  /** The object's name, as far as it could be read: given also for objects that are wrong. */
  readonly resource?: ResourceRef;
  readonly origin: Origin;
  /** Present when the object could be decoded without an error. */
  readonly object?: ConfigObject;
  /** Present instead of `object` when its values could all be read: to be checked, so that everything is told at once. */
  readonly refused?: ConfigObject;
  /** Present instead of `object` for an object of a kind of Kubernetes that was asked for. */
  readonly native?: NativeObject;
  readonly issues: readonly Issue[];
  /** The line of a path in the object, or of the part of it that exists. */
  readonly lineOf: (path: string) => number;
};

/** How objects are read. */
export type ObjectOptions = {
  /** Name of the file for issues and origins. */
  readonly file: string;
  /** Namespace of objects that name none; `default` when absent. */
  readonly defaultNamespace?: string;
  /** What to do with objects of other API groups, such as Deployments; `skip` when absent. */
  readonly foreign?: 'skip' | 'report';
  /** Whether to read the kinds of Kubernetes that we know, instead of taking them for foreign; `skip` when absent. */
  readonly native?: 'skip' | 'decode';
  /** Severity of fields inside `spec` that the kind does not have; `error` when absent. */
  readonly unknownFields?: 'error' | 'warning';
};

const TOP_LEVEL = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** Decodes one object, or the items of a `List`. Foreign objects give nothing, or an issue. */
export function decodeObjects(node: Located, options: ObjectOptions): readonly ParsedObject[] {
  const items = listItems(node);
  if (items !== undefined) return items.flatMap((item) => decodeObjects(item, options));
  const decoded = decodeOne(node, options);
  return decoded === undefined ? [] : [decoded];
}

/** Decodes one object; a `List` is none. A foreign object gives nothing, or an issue. */
export function decodeOne(node: Located, options: ObjectOptions): ParsedObject | undefined {
  const native = options.native === 'decode' ? decodeNative(node, options) : undefined;
  if (native !== undefined) return native;
  const origin = { file: options.file, line: node.line };
  const kind = findKind(node, options.foreign ?? 'skip');
  if (kind === 'skip') return undefined;
  if ('code' in kind) {
    const issues = [issueFromFinding(kind, { origin })];
    return { origin, issues, lineOf: (path) => lineOf(node, path) };
  }
  return decodeObject(kind, node, origin, options);
}

function decodeObject(kind: Kind, node: Located, origin: Origin, options: ObjectOptions): ParsedObject {
  const { metadata, findings: metadataFindings } = decodeMetadata(child(node, 'metadata'));
  const namespace =
    kind.scope === 'cluster' ? '' : metadata.namespace || (options.defaultNamespace ?? 'default');
  const spec = specOf(node);
  const normalised = kind.normalise?.(spec) ?? spec;
  const decoded = decodeMessage(kind.schema, normalised, {
    path: 'spec',
    unknownFields: options.unknownFields ?? 'error',
  });
  const findings: Finding[] = [...topLevelFindings(node), ...metadataFindings, ...decoded.findings];
  const resource = { kind: kind.kind, namespace, name: metadata.name };
  const named = metadata.name === '' ? {} : { resource };
  const issues = findings.map((finding) => issueFromFinding(finding, { ...named, origin }));
  const at = (path: string): number => lineOf(node, path);
  const wrong = issues.some((issue) => issue.severity === 'error');
  if (wrong && (metadata.name === '' || !decoded.findings.every(({ unknownField }) => unknownField)))
    return { ...named, origin, issues, lineOf: at };
  const object = makeConfigObject({ kind, ...metadata, namespace, spec: decoded.message, origin });
  return { resource, origin, ...(wrong ? { refused: object } : { object }), issues, lineOf: at };
}

/** A spec that is missing or null is an empty one, as for the API server: some kinds say something by it. */
function specOf(node: Located): Located {
  const spec = child(node, 'spec');
  const nothing = spec === undefined || (spec.kind === 'scalar' && spec.value === null);
  return nothing ? { kind: 'map', entries: new Map(), line: spec?.line ?? node.line } : spec;
}

function listItems(node: Located): readonly Located[] | undefined {
  const kind = childText(node, 'kind');
  if (kind === undefined || !kind.endsWith('List') || kindByName(kind) !== undefined) return undefined;
  const items = child(node, 'items');
  return items?.kind === 'list' ? items.items : undefined;
}

function topLevelFindings(node: Located): Finding[] {
  if (node.kind !== 'map') return [];
  return [...node.entries].flatMap(([key, entry]) => {
    if (TOP_LEVEL.includes(key)) return [];
    const guess = suggest(key, TOP_LEVEL);
    const hint = guess === undefined ? '' : `; did you mean ${quote(guess)}?`;
    return [{ path: childPath('', key), line: entry.line, message: `unknown field ${quote(key)}${hint}` }];
  });
}

/** The row of the object's kind; `skip` for foreign objects; a finding when nothing fits. */
function findKind(
  node: Located,
  foreign: 'skip' | 'report',
): Kind | 'skip' | (Finding & { code: 'QTT1002' }) {
  const unknown = (path: string, message: string): Finding & { code: 'QTT1002' } => {
    return { code: 'QTT1002', path, line: lineOf(node, path), message };
  };
  if (node.kind !== 'map')
    return unknown('', `expected an object with apiVersion and kind, found ${describe(node)}`);
  const apiVersion = childText(node, 'apiVersion');
  const name = childText(node, 'kind');
  if (!apiVersion) return unknown('apiVersion', 'expected a group and version, found none');
  if (!name) return unknown('kind', 'expected the name of a kind, found none');
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  if (!configurationGroups().has(group)) return findForeign({ group, name, apiVersion, foreign, unknown });
  const row = kindByName(name);
  if (row === undefined || !row.written || row.group !== group) {
    const names = KINDS.filter((each) => each.written && each.group === group).map((each) => each.kind);
    const guess = suggest(name, names);
    const hint =
      guess === undefined ? `; known are ${names.slice(0, 12).join(', ')}` : `; did you mean ${guess}?`;
    return unknown('kind', `${quote(name)} is not a kind of ${group}${hint}`);
  }
  if (row.versions.includes(apiVersion.slice(slash + 1))) return row;
  const versions = row.versions.map((version) => `${group}/${version}`).join(', ');
  return unknown('apiVersion', `expected ${versions} for ${name}, found ${quote(apiVersion)}`);
}

/** A group that is not ours: foreign, unless it looks like one of ours misspelt. */
function findForeign(found: {
  readonly group: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly foreign: 'skip' | 'report';
  readonly unknown: (path: string, message: string) => Finding & { code: 'QTT1002' };
}): 'skip' | (Finding & { code: 'QTT1002' }) {
  const guess = suggest(found.group, configurationGroups());
  const ours = found.group.endsWith('.istio.io') || guess !== undefined;
  if (!ours && found.foreign === 'skip') return 'skip';
  const hint = guess === undefined ? '' : `; did you mean ${guess}?`;
  return found.unknown(
    'apiVersion',
    `${quote(found.apiVersion)} has no kind ${quote(found.name)} that is known here${hint}`,
  );
}
