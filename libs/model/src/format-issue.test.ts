import { describe, expect, it } from 'vitest';
import { formatIssue } from './format-issue.ts';
import type { Issue } from './issue.ts';
import { ISSUE_CODES } from './issue-codes.ts';

const issue: Issue = {
  code: 'IST0106',
  severity: 'error',
  resource: { kind: 'VirtualService', namespace: 'shop', name: 'reviews' },
  path: 'spec.hosts',
  message: 'expected at least one host, found none',
  origin: { file: 'a.yaml', line: 12 },
};

describe('formatIssue', () => {
  it.each([
    [
      issue,
      'Error [IST0106] (VirtualService reviews.shop a.yaml:12) Schema validation error: spec.hosts: expected at least one host, found none',
    ],
    [
      { ...issue, resource: { kind: 'MeshPolicy', namespace: '', name: 'default' }, path: '' },
      'Error [IST0106] (MeshPolicy default a.yaml:12) Schema validation error: expected at least one host, found none',
    ],
    [
      { code: 'QTT1001', severity: 'warning' as const, path: '', message: 'a $& b' },
      'Warning [QTT1001] The document cannot be read: a $& b',
    ],
    [
      { ...issue, origin: { file: '', line: 0 } },
      'Error [IST0106] (VirtualService reviews.shop) Schema validation error: spec.hosts: expected at least one host, found none',
    ],
    [{ code: 'other', severity: 'info' as const, path: 'x', message: 'y' }, 'Info [other] x: y'],
  ])('%j', (each, line) => {
    expect(formatIssue(each)).toBe(line);
  });
});

describe('the table of codes', () => {
  it('has one place for path and message in each template, or places for values, and titles that differ', () => {
    const rows = Object.values(ISSUE_CODES);
    const places = (template: string): readonly string[] => template.match(/%[vsqd]/g) ?? [];
    const wrong = rows.filter(({ template }) => {
      const found = places(template);
      return found.length === 0 || (found.includes('%v') && found.length > 1);
    });
    expect(wrong).toEqual([]);
    expect(new Set(rows.map((row) => row.title)).size).toBe(rows.length);
  });
});
