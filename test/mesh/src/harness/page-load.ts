import { expect } from 'vitest';
import type { HttpAnswer } from './http-call.ts';
import { describeFailures, type Load, notOk, startLoad } from './load.ts';

/** Requests before and after the work, two seconds' worth each. */
const AROUND = 100;

/**
 * Does `work` while the sample's page is asked for 50 times a second; fails when one request does. Requests that failed are
 * told of before what `work` finds wrong, since they explain it.
 */
export async function underPageLoad(page: string, work: (load: Load) => Promise<void>): Promise<void> {
  const load = startLoad({ url: page, problemOf: pageProblem });
  const underLoad = async (): Promise<void> => {
    await load.more(AROUND);
    await work(load);
    await load.more(AROUND);
  };
  const [worked] = await Promise.allSettled([underLoad()]);
  await load.stop();
  expect(describeFailures(load.failures)).toEqual([]);
  if (worked.status === 'rejected') throw worked.reason;
}

/** A page that lacks a part is answered with 200, too. */
function pageProblem(answer: HttpAnswer): string | undefined {
  const [, lacking] = /role="alert">([^<]*)/.exec(answer.body) ?? [];
  return notOk(answer) ?? (lacking === undefined ? undefined : `the page says: ${lacking}`);
}
