import { createManualClock } from '@quintet/runtime/testing';
import { describe, expect, it } from 'vitest';
import { createReporter } from './reporter.ts';

function reporterOn(columns: number | undefined) {
  const clock = createManualClock();
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  const output = { isTerminal: columns !== undefined, columns: () => columns, write };
  return { clock, reporter: createReporter(output, clock), written: () => text };
}

describe('createReporter', () => {
  it('writes only what is done where there is no terminal', async () => {
    const { clock, reporter, written } = reporterOn(undefined);
    reporter.begin('starting');
    await clock.advance(1500);
    reporter.line('a word');
    reporter.done('started');
    expect(written()).toBe('a word\n  1.5s  started\n');
  });

  it('keeps the step at work in the last row of a terminal', () => {
    const { reporter, written } = reporterOn(20);
    reporter.begin('waiting for very many things');
    reporter.line('a word');
    const step = '  0.0s  waiting fo…';
    expect(written()).toBe(`${step}\r\u001b[Ka word\n${step}`);
    reporter.done('done');
    expect(written().endsWith(`${step}\r\u001b[K  0.0s  done\n`)).toBe(true);
  });
});
