import type { Need, WireSet } from './wire-set.ts';

/** Remembers since when the resources of one stream wait for what, and what is waited for no more. */
export class PatienceBook {
  readonly #byType = new Map<string, ReadonlyMap<string, Awaited>>();
  readonly #excused = new Map<string, Need>();

  /** Resources of a type wait for these now, and for nothing else. */
  waiting(typeUrl: string, needs: readonly Need[], now: number): void {
    const before = this.#byType.get(typeUrl);
    if (needs.length === 0) this.#byType.delete(typeUrl);
    else
      this.#byType.set(
        typeUrl,
        new Map(needs.map((need) => [keyOf(need), before?.get(keyOf(need)) ?? { need, since: now }])),
      );
  }

  /** Whether anything has been waited for since `deadline` or longer. */
  isOverdue(deadline: number): boolean {
    return (this.oldest() ?? Number.POSITIVE_INFINITY) <= deadline;
  }

  /** When the longest waiting began. */
  oldest(): number | undefined {
    const times = [...this.#byType.values()].flatMap((awaited) =>
      [...awaited.values()].map(({ since }) => since),
    );
    return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
  }

  /** Waits no more for what has been waited for since `deadline` or longer; returns it, and the types that waited. */
  excuse(deadline: number): { readonly needs: readonly Need[]; readonly waiting: readonly string[] } {
    const overdue = new Map<string, Need>();
    const waiting = new Set<string>();
    for (const [typeUrl, awaited] of this.#byType) {
      for (const [key, { need, since }] of awaited) {
        if (since > deadline) continue;
        overdue.set(key, need);
        waiting.add(typeUrl);
      }
    }
    for (const [key, need] of overdue) this.#excused.set(key, need);
    for (const typeUrl of waiting) this.#dropExcused(typeUrl);
    return { needs: [...overdue.values()], waiting: [...waiting] };
  }

  isExcused(need: Need): boolean {
    return this.#excused.has(keyOf(need));
  }

  /** The client has it: the next time it is waited for again. */
  settled(need: Need): void {
    this.#excused.delete(keyOf(need));
  }

  /** Forgets what is not in the target. */
  keepOnly(target: WireSet): void {
    for (const [key, { type, name }] of this.#excused) {
      if (target.get(type)?.resources.has(name) !== true) this.#excused.delete(key);
    }
  }

  #dropExcused(typeUrl: string): void {
    const rest = [...(this.#byType.get(typeUrl) ?? [])].filter(([key]) => !this.#excused.has(key));
    if (rest.length === 0) this.#byType.delete(typeUrl);
    else this.#byType.set(typeUrl, new Map(rest));
  }
}

type Awaited = { readonly need: Need; readonly since: number };

function keyOf({ type, name }: Need): string {
  return `${type} ${name}`;
}
