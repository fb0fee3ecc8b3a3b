/** One measured value. */
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: Unit;
  /** What it is to be compared with, or how it came about. */
  readonly note?: string;
};

export type Unit = 'ms' | 's' | 'ns' | 'us' | 'MB' | 'kB' | 'per second' | 'count';

/** What a case may use besides the machine. */
export type BenchContext = {
  /** The Node to run our programs with. */
  readonly nodePath: string;
  /** Aborted when the bench is to end early. */
  readonly stop: AbortSignal;
  /** Says what is being done. */
  readonly say: (text: string) => void;
};

/** A fixed workload: always the same amount of the same work. */
export type BenchCase = {
  readonly name: string;
  /** What is done, with all numbers that a reader needs to judge the figures. */
  readonly about: string;
  readonly run: (context: BenchContext) => Promise<readonly Figure[]>;
};
