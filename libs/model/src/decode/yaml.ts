import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import { cutDocuments, type DocumentText } from './cut-documents.ts';
import type { ReadLimits } from './limits.ts';
import type { Located, LocatedEntry, LocatedMap } from './located.ts';
import { readPlainDocument } from './plain-block.ts';

/** One document of a file. `root` is as much of it as could be read; with problems it must not be used as a whole. */
export type YamlDocument = {
  readonly root?: Located;
  /** Line of the document's first value. */
  readonly line: number;
  readonly problems: readonly YamlProblem[];
};

export type YamlProblem = { readonly line: number; readonly message: string };

/**
 * Reads all documents of a YAML (or JSON) text. The text is cut at its `---` lines first and each piece is parsed
 * for itself: whatever is wrong in one document cannot reach the next. Empty documents are left out. Aliases are
 * expanded up to the limits; merge keys (`<<`) are honoured as Kubernetes does. `firstLine` is the line of the file at
 * which the text begins.
 */
export function readYamlDocuments(text: string, limits: ReadLimits, firstLine = 1): readonly YamlDocument[] {
  if (text.length > limits.maxTextLength) {
    const message = `the text has ${text.length} characters, at most ${limits.maxTextLength} are read`;
    return [{ line: firstLine, problems: [{ line: firstLine, message }] }];
  }
  return cutDocuments(text).flatMap((piece) =>
    readPiece({ ...piece, firstLine: piece.firstLine + firstLine - 1 }, limits),
  );
}

function readPiece(piece: DocumentText, limits: ReadLimits): YamlDocument[] {
  const plain = readPlainDocument(piece.text, { firstLine: piece.firstLine, limits });
  // What it reads has no control characters.
  if (plain !== undefined) return [{ root: plain, line: plain.line, problems: [] }];
  const documents = readByLibrary(piece, limits);
  const problem = controlCharacter(piece);
  if (problem === undefined) return documents;
  const [{ root, line } = { root: undefined, line: problem.line }] = documents;
  return [{ ...(root && { root }), line, problems: [problem] }];
}

/** The characters that YAML and JSON leave out of texts. Bytes that are no text, or text of 16 bits, are full of them. */
const CONTROL = /[^\t\n\r -\uffff]/;

function controlCharacter({ text, firstLine }: DocumentText): YamlProblem | undefined {
  const found = CONTROL.exec(text);
  if (found === null) return undefined;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const message = `the control character U+${code} cannot stand in YAML or JSON: expected text in UTF-8`;
  return { line: firstLine + text.slice(0, found.index).split('\n').length - 1, message };
}

function readByLibrary(piece: DocumentText, limits: ReadLimits): YamlDocument[] {
  const lineCounter = new LineCounter();
  const lineAt = (offset: number): number => lineCounter.linePos(offset).line + piece.firstLine - 1;
  const documents = parseAllDocuments(piece.text, {
    lineCounter,
    intAsBigInt: true,
    prettyErrors: false,
    uniqueKeys: false,
    version: '1.2',
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const reader = new DocumentReader(document, limits, lineAt);
    const root = document.contents === null ? undefined : reader.read(document.contents, 0);
    const found = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
      line: lineAt(pos[0]),
      message,
    }));
    const problems = firstOfEachLine([...reader.problems, ...found]);
    if (problems.length === 0 && (root === undefined || isNothing(root))) return [];
    return [{ ...(root && { root }), line: root?.line ?? problems[0]?.line ?? piece.firstLine, problems }];
  });
}

/** One mistake makes a parser stumble several times on; the first is the one to mend. */
function firstOfEachLine(problems: readonly YamlProblem[]): YamlProblem[] {
  const lines = new Set<number>();
  return problems.filter(({ line }) => !lines.has(line) && lines.add(line));
}

function isNothing(node: Located): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/**
 * What each alias stands for: the last node before it that has the anchor. Looked up once for all: `Alias.resolve` walks
 * through the document each time, and an alias in what an alias stands for is met again and again.
 */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node);
        return;
      }
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    },
  });
  return targets;
}

/** Turns the nodes of one YAML document into located values, within the limits. */
class DocumentReader {
  readonly problems: YamlProblem[] = [];
  readonly #document: Document;
  readonly #limits: ReadLimits;
  readonly #lineAt: (offset: number) => number;
  #targets: ReadonlyMap<Alias, Node> | undefined;
  #nodes = 0;
  #stopped = false;

  constructor(document: Document, limits: ReadLimits, lineAt: (offset: number) => number) {
    this.#document = document;
    this.#limits = limits;
    this.#lineAt = lineAt;
  }

  read(node: unknown, depth: number): Located {
    const line = this.#lineOf(node);
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxNodes) {
      return this.#stop(line, `more than ${this.#limits.maxNodes} values, aliases counted`);
    }
    if (depth > this.#limits.maxDepth)
      return this.#stop(line, `more than ${this.#limits.maxDepth} levels deep`);
    if (isAlias(node)) {
      this.#targets ??= aliasTargets(this.#document);
      const target = this.#targets.get(node);
      if (target === undefined) return this.#nothing(line, `the alias *${node.source} has no anchor`);
      return { ...this.read(target, depth + 1), line };
    }
    if (isScalar(node)) return { kind: 'scalar', value: this.#scalar(node.value, line), line };
    if (isSeq(node)) return { kind: 'list', items: this.#items(node.items, depth), line };
    if (isMap(node)) return this.#map(node.items, depth, line);
    return { kind: 'scalar', value: null, line };
  }

  #items(items: readonly unknown[], depth: number): Located[] {
    const read: Located[] = [];
    for (const item of items) {
      if (this.#stopped) break;
      read.push(this.read(item, depth + 1));
    }
    return read;
  }

  #map(
    pairs: readonly { readonly key: unknown; readonly value?: unknown }[],
    depth: number,
    line: number,
  ): LocatedMap {
    const entries = new Map<string, LocatedEntry>();
    const merged: Located[] = [];
    for (const pair of pairs) {
      if (this.#stopped) break;
      const keyLine = this.#lineOf(pair.key);
      const key = this.#key(pair.key, keyLine);
      if (key === undefined) continue;
      const value: Located =
        pair.value === null || pair.value === undefined
          ? { kind: 'scalar', value: null, line: keyLine }
          : this.read(pair.value, depth + 1);
      if (key === '<<') merged.push(value);
      else if (entries.has(key))
        this.problems.push({ line: keyLine, message: `the key "${key}" stands twice in one map` });
      else entries.set(key, { line: keyLine, value });
    }
    for (const source of merged) this.#merge(entries, source);
    return { kind: 'map', entries, line };
  }

  #key(key: unknown, line: number): string | undefined {
    const text = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (text === undefined) {
      this.problems.push({ line, message: 'a key of a map must be a plain word or a string' });
      return undefined;
    }
    if (text === '__proto__') {
      this.problems.push({ line, message: 'the key "__proto__" is not allowed' });
      return undefined;
    }
    return text;
  }

  #merge(entries: Map<string, LocatedEntry>, source: Located): void {
    if (source.kind === 'list') {
      for (const item of source.items) this.#merge(entries, item);
    } else if (source.kind === 'map') {
      for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry);
    } else
      this.problems.push({ line: source.line, message: 'a merge key (<<) needs a map or a list of maps' });
  }

  #scalar(value: unknown, line: number): string | number | bigint | boolean | null {
    if (value === null || value === undefined) return null;
    if (typeof value === 'string' || typeof value === 'number') return value;
    if (typeof value === 'bigint' || typeof value === 'boolean') return value;
    this.problems.push({ line, message: 'a value of a type that is not in JSON' });
    return null;
  }

  #lineOf(node: unknown): number {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
    return this.#lineAt(range?.[0] ?? 0);
  }

  #stop(line: number, message: string): Located {
    if (!this.#stopped) this.problems.push({ line, message });
    this.#stopped = true;
    return { kind: 'scalar', value: null, line };
  }

  #nothing(line: number, message: string): Located {
    this.problems.push({ line, message });
    return { kind: 'scalar', value: null, line };
  }
}
