import type { Clock, Timer } from '@quintet/runtime';

export type ExcusedOptions = {
  /** All that the sink asks for. */
  readonly collections: readonly string[];
  /** Collections that a source need not have. */
  readonly optional: readonly string[];
  /** How long the source may be silent about them once it has answered everything else, milliseconds. */
  readonly patienceMs: number;
  readonly clock: Clock;
  /** Whether a collection was ever answered. */
  readonly isAnswered: (collection: string) => boolean;
  readonly onExcused: (collections: readonly string[]) => void;
};

/**
 * Which collections nobody waits for. A classic source ends the stream when it is asked for a collection that it does
 * not have, another one keeps silent: either is taken for an empty collection, but only if it was never answered,
 * because a collection that was there is missed.
 */
export class Excused {
  readonly #options: ExcusedOptions;
  readonly #excused = new Set<string>();
  /** What the source does not have: not asked for until a stream ends for another reason. */
  readonly #refused = new Set<string>();
  /** One of these was refused, and it is not known which: they are asked for one at a time. */
  #suspects: readonly string[] = [];
  #timer: Timer | undefined;

  constructor(options: ExcusedOptions) {
    this.#options = options;
  }

  has(collection: string): boolean {
    return this.#excused.has(collection);
  }

  /** Whether a collection is to be asked for: the answer may become yes with each response. */
  isAsked(collection: string): boolean {
    const [asked, ...later] = this.#waiting(this.#suspects);
    return !this.#refused.has(collection) && (collection === asked || !later.includes(collection));
  }

  /**
   * A stream has ended: with the source's words if it refused a request. True when the next one may be opened at once,
   * because it asks for less; otherwise it asks for everything again: the next source may have it.
   */
  streamEnded({ refusal }: { readonly refusal: string | undefined }): boolean {
    this.#timer?.cancel();
    if (refusal !== undefined && this.#asksForLess(refusal)) return true;
    this.#refused.clear();
    this.#suspects = [];
    return false;
  }

  /** A response was taken: waits for the optional collections when all `others` are complete. */
  answered(others: boolean): void {
    this.#timer?.cancel();
    if (!others) return;
    this.#excuse([...this.#refused]);
    if (this.#unanswered().length === 0) return;
    const { clock, patienceMs } = this.#options;
    this.#timer = clock.after(patienceMs, () => this.#excuse(this.#unanswered()));
  }

  /** Nobody waits for the optional collections that are not there: what is there is all for now. */
  excuseAll(): void {
    for (const collection of this.#unanswered()) this.#excused.add(collection);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Finds what was refused, or what to try next; false when nothing that may be absent can be it. */
  #asksForLess(refusal: string): boolean {
    const candidates = this.#unanswered().filter((collection) => !this.#refused.has(collection));
    const words = new Set(refusal.split(/[^\w./-]+/));
    const named = this.#options.collections.filter((collection) => words.has(collection));
    if (named.length > 0) return this.#refuse(named.filter((collection) => candidates.includes(collection)));
    if (this.#suspects.length > 0) return this.#refuse(this.#waiting(this.#suspects).slice(0, 1));
    this.#suspects = candidates;
    return candidates.length > 0;
  }

  #refuse(collections: readonly string[]): boolean {
    for (const collection of collections) this.#refused.add(collection);
    this.#suspects = this.#suspects.filter((collection) => !this.#refused.has(collection));
    return collections.length > 0;
  }

  #unanswered(): readonly string[] {
    return this.#waiting(this.#options.optional);
  }

  #waiting(collections: readonly string[]): readonly string[] {
    return collections.filter((collection) => !this.#options.isAnswered(collection));
  }

  #excuse(collections: readonly string[]): void {
    const fresh = collections.filter((collection) => !this.#excused.has(collection));
    for (const collection of fresh) this.#excused.add(collection);
    if (fresh.length > 0) this.#options.onExcused(fresh);
  }
}
