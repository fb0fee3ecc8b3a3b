/** What a piece of work in this process cost. */
export type Cost = {
  /** Nanoseconds of processor time for one call, those of the collector's threads included. */
  readonly cpuNs: number;
  /** Nanoseconds of the clock for one call. */
  readonly wallNs: number;
};

/** Calls `work` `warmUp` times unmeasured and `count` times measured. */
export function costOf(work: () => void, { warmUp, count }: { warmUp: number; count: number }): Cost {
  for (let call = 0; call < warmUp; call += 1) work();
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  for (let call = 0; call < count; call += 1) work();
  const wallNs = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(cpu);
  return { cpuNs: ((user + system) * 1000) / count, wallNs: wallNs / count };
}
