import type { ReadLimits } from './limits.ts';
import type { Located, LocatedEntry } from './located.ts';

/** A located value of plain JSON, such as an object from an API server; all lines are 0. */
export function jsonToLocated(json: unknown): Located {
  return new JsonReader({ maxNodes: Number.POSITIVE_INFINITY, maxDepth: Number.POSITIVE_INFINITY }).read(
    json,
    0,
  );
}

/** What was made of parsed JSON: `problem` says why it must not be used as a whole. */
export type ReadJson = { readonly root: Located; readonly problem?: string };

/** Reads parsed JSON of strangers within limits; a key that could reach a prototype is a problem. */
export function readJson(json: unknown, limits: Pick<ReadLimits, 'maxNodes' | 'maxDepth'>): ReadJson {
  const reader = new JsonReader(limits);
  const root = reader.read(json, 0);
  return { root, ...(reader.problem !== undefined && { problem: reader.problem }) };
}

class JsonReader {
  problem: string | undefined;
  readonly #limits: Pick<ReadLimits, 'maxNodes' | 'maxDepth'>;
  #nodes = 0;

  constructor(limits: Pick<ReadLimits, 'maxNodes' | 'maxDepth'>) {
    this.#limits = limits;
  }

  read(json: unknown, depth: number): Located {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxNodes) return this.#stop(`more than ${this.#limits.maxNodes} values`);
    if (depth > this.#limits.maxDepth) return this.#stop(`more than ${this.#limits.maxDepth} levels deep`);
    switch (typeof json) {
      case 'string':
        // Half of a pair of surrogates is no character, and has no place in a message.
        return json.isWellFormed()
          ? { kind: 'scalar', value: json, line: 0 }
          : this.#stop(`a text that is no Unicode: ${JSON.stringify(json.slice(0, 100))}`);
      case 'number':
      case 'bigint':
      case 'boolean':
        return { kind: 'scalar', value: json, line: 0 };
      case 'object':
        return json === null ? { kind: 'scalar', value: null, line: 0 } : this.#collection(json, depth);
      default:
        return this.#stop(`a value of a type that is not in JSON: ${typeof json}`);
    }
  }

  #collection(json: object, depth: number): Located {
    if (Array.isArray(json)) {
      return { kind: 'list', items: json.map((item: unknown) => this.read(item, depth + 1)), line: 0 };
    }
    const entries = new Map<string, LocatedEntry>();
    for (const [key, value] of Object.entries(json)) {
      if (key === '__proto__') this.#stop('the key "__proto__" is not allowed');
      else if (!key.isWellFormed())
        this.#stop(`a key that is no Unicode: ${JSON.stringify(key.slice(0, 100))}`);
      else entries.set(key, { line: 0, value: this.read(value, depth + 1) });
    }
    return { kind: 'map', entries, line: 0 };
  }

  #stop(problem: string): Located {
    this.problem ??= problem;
    return { kind: 'scalar', value: null, line: 0 };
  }
}
