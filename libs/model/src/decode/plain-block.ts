import type { ReadLimits } from './limits.ts';
import type { Located, LocatedEntry } from './located.ts';
import { FlowReader } from './plain-flow.ts';
import { isLiteral, readLiteral } from './plain-literal.ts';
import { plainLine, quotedScalar } from './plain-scalar.ts';

/** A line that is neither empty nor a comment. */
type Line = { readonly indent: number; readonly text: string; readonly number: number };

/** A key without quotes. What it is follows from where it ends: no list of matches has to be made for each. */
const KEY = /[A-Za-z0-9_][A-Za-z0-9_./-]*/y;
/**
 * White space that is no space to YAML, and control characters, written as what is neither: so it is found twice as fast as
 * by the classes that Unicode has for them.
 */
const ODD_CHARACTER =
  /[^\n -~\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff]/;
/** What may stand behind a value: nothing, or a comment. */
const REST = /^ *(?: #.*)?$/;

/**
 * Reads a document written in the plain YAML that configuration is mostly made of: block maps and lists, words and
 * strings on one line, brackets on one line, literal blocks (`|`); or JSON. Answers undefined for everything else (anchors, tags, strings
 * of several lines, odd numbers …) and for whatever is wrong: then the YAML library reads the document, which takes
 * ten times as long. Where it answers, it answers what the library would.
 */
export function readPlainDocument(
  text: string,
  { firstLine, limits }: { readonly firstLine: number; readonly limits: ReadLimits },
): Located | undefined {
  if (ODD_CHARACTER.test(text)) return undefined;
  const lines = text.split('\n');
  const content = contentLines(lines, firstLine);
  const [first] = content;
  if (first === undefined) return undefined;
  if (first.indent === 0 && /^[{[]/.test(first.text)) return readJson(text, firstLine, limits);
  const reader = new BlockReader(content, { lines, firstLine, limits });
  const root = reader.read(first.indent, 0);
  return reader.finished ? root : undefined;
}

function contentLines(lines: readonly string[], firstLine: number): Line[] {
  const content: Line[] = [];
  let number = firstLine - 1;
  for (const line of lines) {
    number += 1;
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    content.push({ indent: line.length - line.trimStart().length, text, number });
  }
  return content;
}

function readJson(text: string, firstLine: number, limits: ReadLimits): Located | undefined {
  const start = text.length - text.trimStart().length;
  const line = firstLine + (text.slice(0, start).match(/\n/g)?.length ?? 0);
  const reader = new FlowReader(text.slice(start), line, limits, { nodes: 0 });
  const root = reader.read(0);
  return text.slice(start + reader.length).trim() === '' ? root : undefined;
}

/** The document as it is written, empty lines and comments too. */
type Source = { readonly lines: readonly string[]; readonly firstLine: number; readonly limits: ReadLimits };

class BlockReader {
  readonly #lines: Line[];
  readonly #source: Source;
  readonly #limits: ReadLimits;
  readonly #budget = { nodes: 0 };
  #at = 0;

  constructor(lines: Line[], source: Source) {
    this.#lines = lines;
    this.#source = source;
    this.#limits = source.limits;
  }

  /** Whether everything has been read. */
  get finished(): boolean {
    return this.#at === this.#lines.length;
  }

  /** The block that begins at the current line, which is indented by `indent`. */
  read(indent: number, depth: number): Located | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || line.indent !== indent || depth > this.#limits.maxDepth) return undefined;
    this.#budget.nodes += 1;
    if (this.#budget.nodes > this.#limits.maxNodes) return undefined;
    return dashLength(line.text) > 0 ? this.#list(line, depth) : this.#map(line, depth);
  }

  #map({ indent, number }: Line, depth: number): Located | undefined {
    const entries = new Map<string, LocatedEntry>();
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined || line.indent < indent) return { kind: 'map', entries, line: number };
      const key = line.indent === indent ? readKey(line.text) : undefined;
      if (key === undefined || key.name === '__proto__' || entries.has(key.name)) return undefined;
      this.#at += 1;
      const rest = line.text.slice(key.length);
      const value = this.#value({ rest, line, indent, depth, inMap: true });
      if (value === undefined) return undefined;
      entries.set(key.name, { line: line.number, value });
    }
  }

  #list({ indent, number }: Line, depth: number): Located | undefined {
    const items: Located[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      const dash = line?.indent === indent ? dashLength(line.text) : 0;
      if (line === undefined || dash === 0) {
        if (line !== undefined && line.indent > indent) return undefined;
        return { kind: 'list', items, line: number };
      }
      const item = this.#item(line, dash, depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
  }

  /** The item behind a dash. A map may begin on the dash's line: then that line is read again, from its first key. */
  #item(line: Line, dash: number, depth: number): Located | undefined {
    const rest = line.text.slice(dash);
    if (readKey(rest) !== undefined) {
      const indent = line.indent + dash;
      this.#lines[this.#at] = { indent, text: rest, number: line.number };
      return this.read(indent, depth + 1);
    }
    this.#at += 1;
    return this.#value({ rest, line, indent: line.indent, depth, inMap: false });
  }

  /** What stands behind a key or dash: a value on the same line, a block below, or nothing. */
  #value(at: {
    readonly rest: string;
    readonly line: Line;
    readonly indent: number;
    readonly depth: number;
    readonly inMap: boolean;
  }): Located | undefined {
    const next = this.#lines[this.#at];
    const { rest, line, indent, depth, inMap } = at;
    if (rest === '' || rest.startsWith('#')) {
      const below =
        next !== undefined &&
        (next.indent > indent || (inMap && next.indent === indent && dashLength(next.text) > 0));
      if (below) return this.read(next.indent, depth + 1);
    } else if (isLiteral(rest)) return this.#literal(rest, line, indent);
    else if (next !== undefined && next.indent > indent) return undefined;
    return this.#inline(rest, line.number, depth + 1);
  }

  #literal(header: string, line: Line, indent: number): Located | undefined {
    const { lines, firstLine } = this.#source;
    const start = line.number - firstLine + 1;
    const literal = readLiteral(header, lines, { start, indent });
    if (literal === undefined) return undefined;
    const last = line.number + literal.lines;
    while ((this.#lines[this.#at]?.number ?? Number.POSITIVE_INFINITY) <= last) this.#at += 1;
    this.#budget.nodes += 1;
    return { kind: 'scalar', value: literal.value, line: line.number };
  }

  #inline(text: string, line: number, depth: number): Located | undefined {
    const first = text[0];
    if (first === '{' || first === '[') {
      const reader = new FlowReader(text, line, this.#limits, this.#budget);
      const value = reader.read(depth);
      return REST.test(text.slice(reader.length)) ? value : undefined;
    }
    this.#budget.nodes += 1;
    if (this.#budget.nodes > this.#limits.maxNodes || depth > this.#limits.maxDepth) return undefined;
    if (first === '"' || first === "'") {
      const quoted = quotedScalar(text, 0);
      if (quoted === undefined || !REST.test(text.slice(quoted.length))) return undefined;
      return { kind: 'scalar', value: quoted.value, line };
    }
    const plain = first === '#' ? { value: null } : plainLine(text);
    return plain === undefined ? undefined : { kind: 'scalar', ...plain, line };
  }
}

/** The length of the dash of an item and the spaces behind it; 0 for a line that begins with none. */
function dashLength(text: string): number {
  if (text[0] !== '-') return 0;
  const end = behindSpaces(text, 1);
  return end > 1 || text.length === 1 ? end : 0;
}

/** Where something else than spaces stands, from `start` on. */
function behindSpaces(text: string, start: number): number {
  let end = start;
  while (text[end] === ' ') end += 1;
  return end;
}

function readKey(text: string): { readonly name: string; readonly length: number } | undefined {
  KEY.lastIndex = 0;
  if (KEY.test(text)) {
    const colon = KEY.lastIndex;
    if (text[colon] !== ':') return undefined;
    const length = behindSpaces(text, colon + 1);
    const isKey = length > colon + 1 || length === text.length;
    return isKey ? { name: text.slice(0, colon), length } : undefined;
  }
  if (!text.startsWith('"') && !text.startsWith("'")) return undefined;
  const quoted = quotedScalar(text, 0);
  const colon = quoted === undefined ? undefined : /^:(?: +|$)/.exec(text.slice(quoted.length));
  if (quoted === undefined || !colon || quoted.length > 256 || quoted.value === '<<') return undefined;
  return { name: quoted.value, length: quoted.length + colon[0].length };
}
