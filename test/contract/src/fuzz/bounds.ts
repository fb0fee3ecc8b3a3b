import process from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a run of inputs came to. */
export type FuzzRun = {
  /** How often each outcome was. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Bytes by which the heap had grown at most, each time after a collection. */
  readonly heapGrowth: number;
  /** Milliseconds of processor time of the slowest input, and its number. */
  readonly slowest: { readonly ms: number; readonly index: number };
};

export type FuzzOptions = {
  readonly inputs: number;
  /** Takes one input, and says in a word what came of it. What it throws ends the run. */
  readonly take: (index: number) => string | Promise<string>;
};

/** Inputs before the first measure, a tenth at most: what is compiled and cached once belongs to no input. */
const WARM_UP = 2000;
const MEASURES = 5;

/** Takes inputs one after the other and measures. Throws with the number of the input for which `take` throws. */
export async function runFuzz({ inputs, take }: FuzzOptions): Promise<FuzzRun> {
  const outcomes = new Map<string, number>();
  let slowest = { ms: 0, index: 0 };
  const warmUp = Math.min(WARM_UP, Math.floor(inputs / 10));
  let heapBefore = 0;
  let heapGrowth = 0;
  for (let index = 0; index < inputs; index += 1) {
    if (index === warmUp) heapBefore = usedHeap();
    const before = process.threadCpuUsage();
    const outcome = await taken(take, index);
    const { user, system } = process.threadCpuUsage(before);
    const ms = (user + system) / 1000;
    if (index >= warmUp && ms > slowest.ms) slowest = { ms, index };
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (index > warmUp && index % Math.floor(inputs / MEASURES) === 0)
      heapGrowth = Math.max(heapGrowth, usedHeap() - heapBefore);
  }
  return { outcomes, heapGrowth: Math.max(heapGrowth, usedHeap() - heapBefore), slowest };
}

async function taken(take: FuzzOptions['take'], index: number): Promise<string> {
  try {
    const outcome = take(index);
    return typeof outcome === 'string' ? outcome : await outcome;
  } catch (cause) {
    throw new Error(`input ${index}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

function usedHeap(): number {
  if (typeof collectGarbage === 'function') collectGarbage();
  return getHeapStatistics().used_heap_size;
}
