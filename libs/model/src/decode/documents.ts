import type { ConfigObject } from '../config-object.ts';
import type { Issue, ResourceRef } from '../issue.ts';
import { DEFAULT_READ_LIMITS, type ReadLimits } from './limits.ts';
import { child, childText, type Located } from './located.ts';
import { decodeObjects, type ObjectOptions, type ParsedObject } from './object.ts';
import { readYamlDocuments, type YamlDocument } from './yaml.ts';

/** How a file is read. */
export type ParseOptions = ObjectOptions & {
  readonly limits?: ReadLimits;
  /** Line of the file at which the text begins, when it is a part of the file; 1 when absent. */
  readonly firstLine?: number;
};

/** What was made of a file. */
export type ParsedFile = {
  /** One entry for each object, and for each document that could not be read, in the order of the file. */
  readonly parsed: readonly ParsedObject[];
  /** The objects that could be decoded. They are not validated yet. */
  readonly objects: readonly ConfigObject[];
  /** All issues, in the order of the file. */
  readonly issues: readonly Issue[];
  /** True when some document could not even be named: nobody knows which objects stood there. */
  readonly hasUnreadable: boolean;
};

/**
 * Reads a file of configuration: YAML or JSON, any number of documents and `List`s. Decoding is strict. One broken
 * document or object never holds back the others. Two objects of one name: the first counts, the second is an issue.
 */
export function parseDocuments(text: string, options: ParseOptions): ParsedFile {
  const documents = readYamlDocuments(text, options.limits ?? DEFAULT_READ_LIMITS, options.firstLine);
  const parsed = withoutDuplicates(documents.flatMap((document) => parseDocument(document, options)));
  return {
    parsed,
    objects: parsed.flatMap((each) => (each.object === undefined ? [] : [each.object])),
    issues: parsed.flatMap((each) => each.issues),
    hasUnreadable: parsed.some((each) => each.resource === undefined),
  };
}

/** Identifies an object among all objects: `kind/namespace/name`. */
export function resourceKey(resource: ResourceRef): string {
  return `${resource.kind}/${resource.namespace}/${resource.name}`;
}

function parseDocument(document: YamlDocument, options: ParseOptions): readonly ParsedObject[] {
  const { root, problems, line } = document;
  if (problems.length === 0) return root === undefined ? [] : decodeObjects(root, options);
  const named = root === undefined ? undefined : nameOf(root, options);
  const origin = { file: options.file, line };
  const issues = problems.map((problem): Issue => {
    return {
      code: 'QTT1001',
      severity: 'error',
      ...(named && { resource: named }),
      path: '',
      message: problem.message,
      origin: { file: options.file, line: problem.line },
    };
  });
  return [{ ...(named && { resource: named }), origin, issues, lineOf: () => line }];
}

/** The name of a document whose YAML is broken, as far as it was read: its last good version is found by it. */
export function nameOf(root: Located, options: ParseOptions): ResourceRef | undefined {
  const [object] = decodeObjects(root, { ...options, foreign: 'report' });
  if (object?.resource !== undefined) return object.resource;
  const kind = childText(root, 'kind');
  const name = childText(child(root, 'metadata'), 'name');
  if (kind === undefined || name === undefined) return undefined;
  const namespace = childText(child(root, 'metadata'), 'namespace') ?? options.defaultNamespace ?? 'default';
  return { kind, namespace, name };
}

function withoutDuplicates(parsed: readonly ParsedObject[]): ParsedObject[] {
  const first = new Map<string, ParsedObject>();
  return parsed.map((each) => {
    if (each.resource === undefined) return each;
    const key = resourceKey(each.resource);
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, each);
      return each;
    }
    return asDuplicate(each, each.resource, earlier);
  });
}

/** An object that counts for nothing because `earlier` has its name. */
export function asDuplicate(
  each: ParsedObject,
  resource: ResourceRef,
  earlier: Pick<ParsedObject, 'origin'>,
): ParsedObject {
  const message = `${resource.kind} ${resource.namespace}/${resource.name} stands already in ${earlier.origin.file}:${earlier.origin.line}`;
  const issue: Issue = {
    code: 'QTT1004',
    severity: 'error',
    resource,
    path: '',
    message,
    origin: each.origin,
  };
  return { resource, origin: each.origin, issues: [issue], lineOf: each.lineOf };
}
