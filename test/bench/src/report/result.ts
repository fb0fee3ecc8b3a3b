import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchCase, Figure } from '../bench-case.ts';
import type { Machine } from './machine.ts';
import { figureTable } from './table.ts';

/** The outcome of a case. */
export type Result = {
  readonly bench: BenchCase;
  readonly figures: readonly Figure[];
  readonly machine: Machine;
  /** Load of the machine before the case began: what else ran. */
  readonly load: number;
  /** What `timeFixedWork` took before and after the case, milliseconds. */
  readonly fixedWork: readonly [before: number, after: number];
  /** Milliseconds since 1970. */
  readonly at: number;
};

/** Above this load something else had a part of the machine, and wall times are too long. */
const QUIET_LOAD = 2;

/** What is kept of a case. */
export function resultPage({ bench, figures, machine, load, fixedWork, at }: Result): string {
  const [before, after] = fixedWork.map((ms) => ms.toFixed(0));
  const disturbed =
    load < QUIET_LOAD ? '' : ' Other programs were running: times are too long, CPU times less so.';
  return `# ${bench.name}

${bench.about}

${figureTable(figures)}

${new Date(at).toISOString().slice(0, 10)}; ${machine.processors}, ${machine.memory}; Node ${machine.node}, Envoy ${machine.envoy}; load before ${load.toFixed(1)}; fixed work ${before} ms before, ${after} ms after.${disturbed}
`;
}

/** Keeps the result as `<case>.md` in a folder. */
export async function keepResult(folder: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${result.bench.name}.md`), resultPage(result));
}

/** The same for programs. */
export function resultJson({ bench, figures, machine, load, fixedWork, at }: Result) {
  return { case: bench.name, figures, machine, load, fixedWork, date: new Date(at).toISOString() };
}
