import type { EventInput } from '@quintet/bus';
import type { Issue } from '@quintet/model';
import { silentLog } from '@quintet/runtime';
import { describe, expect, it } from 'vitest';
import { createIssueReporter } from './issue-reporter.ts';

const issue = (message: string): Issue => ({ code: 'QTT3002', severity: 'error', path: '', message });

describe('createIssueReporter', () => {
  it('tells of an issue when it comes, and again only when it had gone', () => {
    const told: EventInput[] = [];
    const reporter = createIssueReporter({
      events: { publish: (event) => told.push(event) },
      log: silentLog,
    });
    const [a, b] = [issue('a'), issue('b')];
    reporter.report([a], 1);
    reporter.report([a, b], 1);
    reporter.report([a], 2);
    reporter.report([a], 3);
    expect(told.map(({ message }) => message.slice(-1))).toEqual(['a', 'b']);
    reporter.report([b], 4);
    expect(told).toHaveLength(3);
  });
});
