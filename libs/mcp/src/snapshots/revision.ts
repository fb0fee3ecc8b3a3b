/** The names touched by the step from one revision to a later one. */
type Step = { readonly names: Set<string>; to: Revision };

/** More revisions than this between a reader and the present are joined to one step. */
const LONGEST_CHAIN = 64;

/**
 * One state of a collection. Each revision knows the way to the one after it, not the one before: a revision that no
 * reader stands on any more, and with it the names that led away from it, is gone without anybody clearing up.
 */
export class Revision {
  /** Counts up within the collection. */
  readonly serial: number;
  /** Equal versions mean equal content. */
  readonly version: string;
  #step: Step | undefined;

  constructor(serial: number, version: string) {
    this.serial = serial;
    this.version = version;
  }

  /** Makes the revision after this one. To be called once, on the newest. */
  next(version: string, touched: Set<string>): Revision {
    if (this.#step !== undefined) throw new TypeError('a revision has one successor');
    const to = new Revision(this.serial + 1, version);
    this.#step = { names: touched, to };
    return to;
  }

  /** Names of everything added, changed or removed since this revision. Valid until the next change. */
  touched(): ReadonlySet<string> {
    return this.#join()?.names ?? new Set();
  }

  /** Keeps the way to the present short for a reader that stays on this revision for long. */
  compact(newest: Revision): void {
    const reached = this.#step?.to.serial ?? newest.serial;
    if (newest.serial - reached > LONGEST_CHAIN) this.#join();
  }

  /** Makes the step from here lead to the newest revision. The set belongs to this revision alone. */
  #join(): Step | undefined {
    const step = this.#step;
    if (step === undefined) return undefined;
    for (let later = step.to.#step; later !== undefined; later = step.to.#step) {
      for (const name of later.names) step.names.add(name);
      step.to = later.to;
    }
    return step;
  }
}
