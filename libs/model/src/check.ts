import type { ConfigObject } from './config-object.ts';
import { nameOf, type ParsedFile, type ParseOptions, parseDocuments } from './decode/documents.ts';
import { readJson } from './decode/json.ts';
import { DEFAULT_READ_LIMITS } from './decode/limits.ts';
import type { Located } from './decode/located.ts';
import { decodeOne, type ParsedObject } from './decode/object.ts';
import type { Finding } from './finding.ts';
import type { Issue } from './issue.ts';
import { issueFromFinding } from './issue-from-finding.ts';
import { kindByName } from './kinds/kinds.ts';
import { unrealised } from './realised/unrealised.ts';

/**
 * Checks a decoded object against the rules of its kind, as the classic admission webhook does. The object is invalid
 * when an issue is an error. Only the object itself is looked at, not what it refers to.
 */
export function validateObject(object: ConfigObject): readonly Issue[] {
  const row = kindByName(object.kind);
  if (row === undefined) throw new TypeError(`unknown kind ${object.kind}`);
  const { kind, namespace, name, origin } = object;
  const subject = { resource: { kind, namespace, name }, ...(origin && { origin }) };
  return row.validate(object).map((finding) => issueFromFinding(finding, subject));
}

/** How a file is read and checked. */
export type CheckOptions = ParseOptions & {
  /** Checks that need more than this library knows, such as those of mixer's expressions. */
  readonly alsoCheck?: (object: ConfigObject) => readonly Finding[];
};

/**
 * Reads and checks a file: decoding, validation, and what is accepted but not realised, which is a warning: whoever
 * would have to realise it decides what to do about it. The issues carry the lines they are about. Objects with an error are in `parsed` without their `object` and not in `objects`.
 */
export function checkDocuments(text: string, options: CheckOptions): ParsedFile {
  const file = parseDocuments(text, options);
  const parsed = file.parsed.map((each) => checkParsed(each, options));
  return {
    ...file,
    parsed,
    objects: parsed.flatMap((each) => (each.object === undefined ? [] : [each.object])),
    issues: parsed.flatMap((each) => each.issues),
  };
}

/**
 * Reads and checks one object of parsed JSON, such as a webhook or an API server hands over: decoding, validation,
 * and what is accepted but not realised, as {@link checkDocuments} does. Lines are 0. Undefined for objects of
 * other API groups, unless they are to be reported.
 */
export function checkJsonObject(json: unknown, options: CheckOptions): ParsedObject | undefined {
  const { root, problem } = readJson(json, options.limits ?? DEFAULT_READ_LIMITS);
  if (problem !== undefined) return unreadableJson(root, problem, options);
  const parsed = decodeOne(root, options);
  return parsed && checkParsed({ ...parsed, lineOf: () => 0 }, options);
}

function unreadableJson(root: Located, message: string, options: CheckOptions): ParsedObject {
  const resource = nameOf(root, options);
  const named = resource && { resource };
  const origin = { file: options.file, line: 0 };
  const issue = issueFromFinding({ code: 'QTT1001', path: '', message }, { ...named, origin });
  return { ...named, origin, issues: [issue], lineOf: () => 0 };
}

function checkParsed(parsed: ParsedObject, { alsoCheck }: CheckOptions): ParsedObject {
  const { object: accepted, refused, ...rest } = parsed;
  const object = accepted ?? refused;
  if (object === undefined) return parsed;
  const also = alsoCheck?.(object).map((finding) => issueFromFinding(finding, parsed)) ?? [];
  const issues = [...validateObject(object), ...also, ...unrealised(object)].map((issue) => {
    return { ...issue, origin: { file: parsed.origin.file, line: parsed.lineOf(issue.path) } };
  });
  const all = [...parsed.issues, ...issues];
  const invalid = all.some((issue) => issue.severity === 'error');
  return invalid ? { ...rest, issues: all } : { ...parsed, issues: all };
}
