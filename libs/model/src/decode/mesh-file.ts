import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { ConfigObject } from '../config-object.ts';
import { makeConfigObject } from '../config-object-make.ts';
import type { Issue, Origin, ResourceRef } from '../issue.ts';
import { issueFromFinding } from '../issue-from-finding.ts';
import type { KindOf } from '../kinds/kind.ts';
import { unrealised } from '../realised/unrealised.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import { type Located, lineOf } from './located.ts';
import { decodeMessage } from './message.ts';
import { readYamlDocuments } from './yaml.ts';

/** What a file of the mesh holds. */
export type MeshFileOptions<Desc extends DescMessage> = {
  /** Name of the file for issues and origins. */
  readonly file: string;
  readonly kind: KindOf<Desc>;
  /** Under which the message is handed out. */
  readonly name: { readonly namespace: string; readonly name: string };
  /** What holds where the file says nothing. */
  readonly defaults: MessageShape<Desc>;
};

/**
 * Reads a file that is one message rather than objects: the mesh configuration or its networks. Without an error
 * there is an object; its issues carry the lines they are about.
 */
export function parseMeshFile<Desc extends DescMessage>(
  text: string,
  { file, kind, name, defaults }: MeshFileOptions<Desc>,
): { readonly object?: ConfigObject<MessageShape<Desc>>; readonly issues: readonly Issue[] } {
  const resource = { kind: kind.kind, ...name };
  const { origin, root, issues: unreadable } = readOnly(text, file, resource);
  if (root === undefined) return { issues: unreadable };
  const decoded = decodeMessage(kind.schema, kind.normalise?.(root) ?? root, { path: '', onto: defaults });
  const unfit = decoded.findings.map((finding) => issueFromFinding(finding, { resource, origin }));
  // Values that could not be read would be judged by what stands in for them; fields that do not exist are no such values.
  if (decoded.findings.some(({ unknownField }) => !unknownField)) return { issues: unfit };
  const object = makeConfigObject({ kind, ...name, spec: decoded.message, origin });
  const issues = [
    ...kind.validate(object).map((finding) => issueFromFinding(finding, { resource, origin })),
    ...unrealised(object),
  ].map((issue): Issue => ({ ...issue, origin: { ...origin, line: lineOf(root, issue.path) } }));
  const all = [...unfit, ...issues];
  return all.some((issue) => issue.severity === 'error') ? { issues: all } : { object, issues: all };
}

type OnlyDocument = { readonly origin: Origin; readonly root?: Located; readonly issues: readonly Issue[] };

/** The one document of the file; an empty file is an empty map. A second one would leave open which of them counts. */
function readOnly(text: string, file: string, resource: ResourceRef): OnlyDocument {
  const [document, second] = readYamlDocuments(text, DEFAULT_READ_LIMITS);
  const origin: Origin = { file, line: document?.line ?? 1 };
  const unreadable = [...(document?.problems ?? [])];
  if (second !== undefined)
    unreadable.push({ line: second.line, message: 'expected one document, found a second one' });
  if (unreadable.length === 0) {
    return { origin, root: document?.root ?? { kind: 'map', entries: new Map(), line: 1 }, issues: [] };
  }
  const issues = unreadable.map(({ line, message }) =>
    issueFromFinding({ code: 'QTT1001', path: '', line, message }, { resource, origin }),
  );
  return { origin, issues };
}
