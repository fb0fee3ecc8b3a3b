/** Bounds on what a file of configuration may hold; they act before anything is decoded. */
export type ReadLimits = {
  /** Characters of one file. */
  readonly maxTextLength: number;
  /** Values (scalars, lists, maps) of one document after its aliases are expanded. */
  readonly maxNodes: number;
  /** Levels of lists and maps inside each other. */
  readonly maxDepth: number;
};

/** Kubernetes stops at 1.5 MiB an object; a file may hold many. */
export const DEFAULT_READ_LIMITS: ReadLimits = {
  maxTextLength: 16 * 1024 * 1024,
  maxNodes: 200_000,
  maxDepth: 64,
};
