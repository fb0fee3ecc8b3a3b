import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/manual-clock.ts';
import { createFailureLog } from './failure-log.ts';
import { createMemoryLog } from './memory-log.ts';

const START = '2024-01-01T00:00:00.000Z';

function setUp() {
  const clock = createManualClock(Date.parse(START));
  const log = createMemoryLog();
  const failures = createFailureLog({ log, clock, failing: 'trying again', recovered: 'it works again' });
  /** What was written since it was last asked for. */
  let seen = 0;
  const written = () => {
    const lines = log.lines.slice(seen).map(({ level, message, fields }) => ({ level, message, ...fields }));
    seen = log.lines.length;
    return lines;
  };
  return { clock, failures, written };
}

describe('a log of failures', () => {
  it('has the first, and a reminder a minute with their number', async () => {
    const { clock, failures, written } = setUp();
    const refused = new Error('refused');
    failures.failed(refused, { source: 'galley' });
    expect(written()).toEqual([{ level: 'warn', message: 'trying again', source: 'galley', err: refused }]);
    for (let second = 0; second < 150; second += 10) {
      await clock.advance(10_000);
      failures.failed('refused');
    }
    expect(written()).toEqual([
      { level: 'warn', message: 'trying again', failures: 7, since: START, reason: 'refused' },
      { level: 'warn', message: 'trying again', failures: 13, since: START, reason: 'refused' },
    ]);
  });

  it('has each new reason at once, and no reason twice because others come between or its numbers change', () => {
    const { failures, written } = setUp();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      failures.failed('refused');
      failures.failed(new Error(`no answer after ${attempt}.${attempt} s`, { cause: 'slow' }));
    }
    expect(written()).toMatchObject([
      { reason: 'refused' },
      { failures: 2, err: { message: 'no answer after 0.0 s' } },
    ]);
  });

  it('does not grow with the number of reasons', () => {
    const { failures, written } = setUp();
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') failures.failed(letter);
    expect(written()).toHaveLength(8);
  });

  it('has the recovery once, and then begins anew', async () => {
    const { clock, failures, written } = setUp();
    failures.succeeded();
    expect(written()).toEqual([]);
    failures.failed('refused');
    failures.failed('refused');
    await clock.advance(1000);
    failures.succeeded({ source: 'galley' });
    failures.succeeded();
    failures.failed('refused');
    expect(written()).toEqual([
      { level: 'warn', message: 'trying again', reason: 'refused' },
      { level: 'info', message: 'it works again', source: 'galley', failures: 2, since: START },
      { level: 'warn', message: 'trying again', reason: 'refused' },
    ]);
  });
});
