import type { Issue } from '@quintet/model';

import { createManualClock, createMemoryLog } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { type AnalysisRun, type AnalysisSteps, createAnalysisRuns } from './analysis-runs.ts';

const ISSUE: Issue = { code: 'IST0101', severity: 'error', path: '', message: 'not there' };

/** An analysis of two steps that take `stepMs` together, as far as the monotonic time tells. */
function start({ stepMs = 0, fails = false }: { stepMs?: number; fails?: boolean } = {}) {
  const clock = createManualClock();
  const log = createMemoryLog();
  let worked = 0;
  const begun: number[] = [];
  const runs: AnalysisRun[] = [];
  const startedAt = clock.now();
  const steps = function* (): AnalysisSteps {
    worked += stepMs / 2;
    yield;
    worked += stepMs / 2;
    if (fails) throw new TypeError('a mistake');
    return [ISSUE];
  };
  const analysis = createAnalysisRuns({
    begin() {
      begun.push(clock.now() - startedAt);
      return steps();
    },
    onRun: (run) => runs.push(run),
    ...{ quietMs: 1_000, maxMs: 10_000, log },
    clock: { ...clock, monotonic: () => clock.monotonic() + worked },
  });
  return { clock, log, begun, runs, ...analysis };
}

describe('runs of the analysis', () => {
  it('wait for quiet after a change, and do nothing without one', async () => {
    const { clock, begun, runs, changed } = start();
    await clock.advance(60_000);
    expect(begun).toEqual([]);
    changed();
    await clock.advance(900);
    changed();
    await clock.advance(999);
    expect(begun).toEqual([]);
    await clock.advance(1);
    expect(begun).toEqual([61_900]);
    expect(runs).toMatchObject([{ findings: [ISSUE] }]);
    await clock.advance(60_000);
    expect(begun).toHaveLength(1);
    expect(clock.pending()).toBe(0);
  });

  it('come at the latest after the longest wait', async () => {
    const { clock, begun, changed } = start();
    for (let tick = 0; tick < 41; tick++) {
      changed();
      await clock.advance(500);
    }
    expect(begun).toEqual([10_000, 20_000]);
  });

  it('take no more than a tenth of the time', async () => {
    const { clock, begun, runs, changed } = start({ stepMs: 4_000 });
    for (let tick = 0; tick < 240; tick++) {
      changed();
      await clock.advance(500);
    }
    expect(runs.map(({ busyMs }) => busyMs)).toEqual(begun.map(() => 4_000));
    expect(begun).toEqual([10_000, 46_000, 82_000, 118_000]);
  });

  it('look at what changed during one of them with the next', async () => {
    const { clock, begun, changed } = start();
    changed();
    await clock.advance(1_000);
    changed();
    await clock.advance(1_000);
    expect(begun).toEqual([1_000, 2_000]);
  });

  it('that fail are told of and tried again after the next change', async () => {
    const { clock, log, begun, runs, changed } = start({ fails: true });
    changed();
    await clock.advance(1_000);
    changed();
    await clock.advance(1_000);
    expect(runs).toEqual([]);
    expect(begun).toHaveLength(2);
    expect(log.lines.map(({ level }) => level)).toEqual(['error', 'error']);
  });

  it('end with the process', async () => {
    const { clock, begun, changed, stop } = start();
    changed();
    await stop?.(AbortSignal.timeout(1_000));
    changed();
    await clock.advance(60_000);
    expect(begun).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});
