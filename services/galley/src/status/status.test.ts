import type { JsonObject } from '@bufbuild/protobuf';
import type { Issue } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { type Opinion, saysTheSame, statusOf } from './status.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const LATER = NOON + 60_000;
const issue = (severity: Issue['severity'], path: string, message: string): Issue => {
  return { code: 'IST0106', severity, path, message };
};
const good: Opinion = {
  ...{ state: 'applied', issues: [], generation: 3 },
  distributed: { acknowledged: 2, total: 2, complete: true },
};
const bad: Opinion = {
  ...{ state: 'held', generation: 4 },
  issues: [
    issue('warning', 'spec.x', 'odd'),
    issue('error', 'spec.hosts[0]', 'wrong'),
    issue('error', '', 'no'),
  ],
};

describe('a status', () => {
  it('of a good object says that proxies have it', () => {
    expect(statusOf(good, undefined, NOON)).toEqual({
      conditions: [
        {
          ...{ type: 'Accepted', status: 'True', reason: 'Valid', message: 'it is handed out' },
          ...{ lastTransitionTime: '2026-01-01T12:00:00Z', observedGeneration: 3 },
        },
        {
          ...{ type: 'Reconciled', status: 'True', reason: 'Distributed', message: '2 of 2 proxies have it' },
          ...{ lastTransitionTime: '2026-01-01T12:00:00Z', observedGeneration: 3 },
        },
      ],
      observedGeneration: 3,
      distribution: { acknowledged: 2, total: 2 },
    });
  });

  it('of a broken object says why, errors first', () => {
    const status = statusOf(bad, undefined, NOON);
    expect(status.conditions).toMatchObject([
      {
        ...{ type: 'Accepted', status: 'False', reason: 'LastGoodKept' },
        message: expect.stringMatching(
          /spec\.hosts\[0\]: wrong \(and 1 more\); its last good version stays in use$/,
        ),
      },
      { type: 'Reconciled', status: 'False', reason: 'NotAccepted' },
    ]);
    expect(status.validationMessages).toMatchObject([
      { type: { code: 'IST0106', name: 'SchemaValidationError' }, level: 'ERROR', path: 'spec.hosts[0]' },
      { level: 'ERROR' },
      { level: 'WARNING', path: 'spec.x', message: expect.stringContaining('odd') },
    ]);
    expect(status).not.toHaveProperty('distribution');
  });

  it('keeps when conditions turned, and what others wrote', () => {
    const other = { type: 'Programmed', status: 'True' };
    const before: JsonObject = { ...statusOf(good, { conditions: [other], theirs: 1 }, NOON), theirs: 1 };
    const again = statusOf({ ...good, generation: 5 }, before, LATER);
    expect(again).toMatchObject({
      theirs: 1,
      conditions: [
        other,
        { type: 'Accepted', lastTransitionTime: '2026-01-01T12:00:00Z', observedGeneration: 5 },
        { type: 'Reconciled', lastTransitionTime: '2026-01-01T12:00:00Z' },
      ],
    });
    expect(statusOf(bad, again, LATER)).toMatchObject({
      conditions: [
        other,
        { status: 'False', lastTransitionTime: '2026-01-01T12:01:00Z' },
        { status: 'False' },
      ],
    });
  });

  it('says nothing of proxies when no pilot told anything', () => {
    const { distributed: _, ...silent } = good;
    const status = statusOf(silent, undefined, NOON);
    expect(status.conditions).toMatchObject([{ type: 'Accepted' }]);
  });

  it.each<[string, Opinion, boolean]>([
    ['the same', good, true],
    ['another generation', { ...good, generation: 4 }, false],
    [
      'more proxies, which all have it',
      { ...good, distributed: { acknowledged: 5, total: 5, complete: true } },
      true,
    ],
    [
      'a proxy that has it not',
      { ...good, distributed: { acknowledged: 1, total: 2, complete: false } },
      false,
    ],
    ['a warning', { ...good, issues: [issue('warning', 'spec', 'odd')] }, false],
  ])('is written again or not: %s', (_, opinion, same) => {
    const before = statusOf(good, undefined, NOON);
    expect(saysTheSame(before, statusOf(opinion, before, LATER))).toBe(same);
  });
});
