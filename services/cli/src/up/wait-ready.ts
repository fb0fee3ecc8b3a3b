import { errorText, MeshError } from '@quintet/runtime/command';
import { httpGet } from '../net/http-get.ts';

/** Something that has to answer 200 before the mesh counts as started. */
export type Readiness = {
  readonly name: string;
  readonly url: string;
  /** Where to look when it does not. */
  readonly log: string;
};

export type WaitOptions = {
  readonly signal: AbortSignal;
  readonly limitMs: number;
  readonly onReady: (name: string) => void;
};

const LOOK_EVERY_MS = 100;
const ANSWER_LIMIT_MS = 2000;

/**
 * Asks each until it answers 200. Resolves when all did or `signal` is aborted; throws a MeshError naming the first that
 * did not within `limitMs`, and why. Readiness is another process's: there is nothing to wait on but to ask again.
 */
export async function waitReady(targets: readonly Readiness[], options: WaitOptions): Promise<void> {
  const deadline = AbortSignal.timeout(options.limitMs);
  const results = await Promise.all(
    targets.map(async (target) => ({ target, problem: await untilReady(target, deadline, options) })),
  );
  if (options.signal.aborted) return;
  const late = results.find(({ problem }) => problem !== undefined);
  if (late === undefined) return;
  const { target, problem } = late;
  const limit = options.limitMs / 1000;
  throw new MeshError('deadline_exceeded', `${target.name} is not ready after ${limit} s: ${problem}`, {
    hint: `its log is ${target.log}`,
  });
}

async function untilReady(
  target: Readiness,
  deadline: AbortSignal,
  { signal, onReady }: WaitOptions,
): Promise<string | undefined> {
  let problem = 'it was never asked';
  while (!deadline.aborted && !signal.aborted) {
    problem = (await problemOf(target)) ?? '';
    if (problem === '') {
      onReady(target.name);
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return problem;
}

async function problemOf({ url }: Readiness): Promise<string | undefined> {
  try {
    const { status, body } = await httpGet({ url }, { timeoutMs: ANSWER_LIMIT_MS });
    return status === 200 ? undefined : `${status} ${body.trim().slice(0, 300)}`;
  } catch (error) {
    return errorText(error);
  }
}
