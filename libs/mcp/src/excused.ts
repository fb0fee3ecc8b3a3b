import type { Clock, Timer } from '@quintet/runtime';

export type ExcusedOptions = {
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
  #leftOut: readonly string[] = [];
  #timer: Timer | undefined;

  constructor(options: ExcusedOptions) {
    this.#options = options;
  }

  has(collection: string): boolean {
    return this.#excused.has(collection);
  }

  /** Whether a collection is to be asked for on the next stream. */
  isAsked(collection: string): boolean {
    return !this.#leftOut.includes(collection);
  }

  /**
   * A stream has ended, refused by the source or not. True when the next one may be opened at once, because it asks for
   * less; otherwise it asks for everything again: the next source may have it.
   */
  streamEnded({ refused }: { readonly refused: boolean }): boolean {
    this.#timer?.cancel();
    const unanswered = refused && this.#leftOut.length === 0 ? this.#unanswered() : [];
    this.#leftOut = unanswered;
    return unanswered.length > 0;
  }

  /** A response was taken: waits for the optional collections when all `others` are complete. */
  answered(others: boolean): void {
    this.#timer?.cancel();
    if (!others) return;
    if (this.#leftOut.length > 0) this.#excuse(this.#leftOut);
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

  #unanswered(): readonly string[] {
    const { optional, isAnswered } = this.#options;
    return optional.filter((collection) => !isAnswered(collection));
  }

  #excuse(collections: readonly string[]): void {
    const fresh = collections.filter((collection) => !this.#excused.has(collection));
    for (const collection of fresh) this.#excused.add(collection);
    if (fresh.length > 0) this.#options.onExcused(fresh);
  }
}
