import type { ReadLimits } from './limits.ts';
import type { Located, LocatedEntry } from './located.ts';
import { plainScalar, quotedScalar } from './plain-scalar.ts';

/** Counts what a document holds; the limits act while it is read. */
export type NodeBudget = { nodes: number };

const WORD = /(?:[A-Za-z0-9_/+]|[-.](?=[A-Za-z0-9]))[A-Za-z0-9_./+*-]*/y;

/**
 * Reads lists and maps in brackets, which is all of JSON and what people write of YAML's: quoted strings and plain
 * words of letters, digits and `_./+*-`. Whatever is beyond that, or wrong, makes `read` answer undefined: the YAML
 * library then says what it is.
 */
export class FlowReader {
  readonly #text: string;
  readonly #limits: ReadLimits;
  readonly #budget: NodeBudget;
  #at = 0;
  #line: number;

  constructor(text: string, line: number, limits: ReadLimits, budget: NodeBudget) {
    this.#text = text;
    this.#line = line;
    this.#limits = limits;
    this.#budget = budget;
  }

  /** The length of what was read. */
  get length(): number {
    return this.#at;
  }

  read(depth: number): Located | undefined {
    this.#budget.nodes += 1;
    if (this.#budget.nodes > this.#limits.maxNodes || depth > this.#limits.maxDepth) return undefined;
    const first = this.#text[this.#at];
    if (first === '{') return this.#map(depth);
    if (first === '[') return this.#list(depth);
    const line = this.#line;
    if (first === '"' || first === "'") {
      const value = this.#quoted();
      return value === undefined ? undefined : { kind: 'scalar', value, line };
    }
    const word = this.#word();
    const plain = word === '' ? undefined : plainScalar(word);
    return plain === undefined ? undefined : { kind: 'scalar', ...plain, line };
  }

  #list(depth: number): Located | undefined {
    const line = this.#line;
    const items: Located[] = [];
    this.#at += 1;
    for (;;) {
      this.#space();
      if (this.#take(']')) return { kind: 'list', items, line };
      const item = this.read(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      this.#space();
      if (!this.#take(',') && this.#text[this.#at] !== ']') return undefined;
    }
  }

  #map(depth: number): Located | undefined {
    const line = this.#line;
    const entries = new Map<string, LocatedEntry>();
    this.#at += 1;
    for (;;) {
      this.#space();
      if (this.#take('}')) return { kind: 'map', entries, line };
      const keyLine = this.#line;
      const key = this.#key();
      if (key === undefined || key === '__proto__' || key === '<<' || entries.has(key)) return undefined;
      this.#space();
      const value = this.read(depth + 1);
      if (value === undefined) return undefined;
      entries.set(key, { line: keyLine, value });
      this.#space();
      if (!this.#take(',') && this.#text[this.#at] !== '}') return undefined;
    }
  }

  #key(): string | undefined {
    const first = this.#text[this.#at];
    if (first !== '"' && first !== "'") {
      const word = this.#word();
      if (word === '' || !this.#take(':')) return undefined;
      const behind = this.#text[this.#at];
      return behind === ' ' || behind === '\n' ? word : undefined;
    }
    const key = this.#quoted();
    return key !== undefined && this.#take(':') ? key : undefined;
  }

  #quoted(): string | undefined {
    const quoted = quotedScalar(this.#text, this.#at);
    if (quoted === undefined) return undefined;
    this.#at += quoted.length;
    return quoted.value;
  }

  #word(): string {
    const start = this.#at;
    WORD.lastIndex = start;
    // Not `exec`, which makes a list for every word; without a match `test` resets the index.
    if (!WORD.test(this.#text)) return '';
    this.#at = WORD.lastIndex;
    return this.#text.slice(start, this.#at);
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #space(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character !== ' ' && character !== '\n') return;
      if (character === '\n') this.#line += 1;
      this.#at += 1;
    }
  }
}
