import type { EventInput } from '@quintet/bus';
import type { Issue } from '@quintet/model';
import { createMetrics } from '@quintet/runtime';
import { createMemoryLog } from '@quintet/testkit';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../metrics.ts';
import { createFindings } from './findings.ts';

const resource = { kind: 'Service', namespace: 'shop', name: 'a' };
const issue = (message: string, parts: Partial<Issue> = {}): Issue => ({
  ...{ code: 'IST0101', severity: 'warning', resource, path: '', message, ...parts },
});

function start() {
  const log = createMemoryLog();
  const events: EventInput[] = [];
  const changes: (readonly Issue[])[] = [];
  const findings = createFindings({
    onChange: (all) => changes.push(all),
    events: { publish: (event) => events.push(event) },
    metrics: createMetrics().create(METRICS),
    log,
  });
  const take = (...all: readonly Issue[]) => findings.take({ findings: all, time: 0, busyMs: 1 });
  return { log, events, changes, take, last: findings.last };
}

describe('findings', () => {
  it.each([
    ['is the same at another line', issue('x', { origin: { file: 'a.yaml', line: 7 } }), 0],
    ['is another one about another object', issue('x', { resource: { ...resource, name: 'b' } }), 1],
    ['is another one at another place', issue('x', { path: 'spec.ports[0]' }), 1],
    ['is another one with another level', issue('x', { severity: 'error' }), 1],
  ])('one %s', (_, second, told) => {
    const { events, take } = start();
    take(issue('x', { origin: { file: 'a.yaml', line: 1 } }));
    take(second);
    expect(events).toHaveLength(1 + told);
  });

  it('that stand twice count once, and name no file where there is none', () => {
    const { events, take, last } = start();
    const nowhere = issue('x', { origin: { file: '', line: 0 } });
    take(nowhere, nowhere);
    expect(last()?.findings).toEqual([issue('x')]);
    expect(events).toMatchObject([
      { message: 'Service shop/a: x', attributes: { code: 'IST0101', path: '' } },
    ]);
  });

  it('are counted instead of told where there are very many', () => {
    const { log, events, changes, take } = start();
    take(...Array.from({ length: 250 }, (_, index) => issue(`x${index}`)));
    expect(events).toHaveLength(101);
    expect(events.at(-1)).toMatchObject({ attributes: { more: '150' } });
    expect(log.lines.at(-1)).toMatchObject({ fields: { more: 150 } });
    expect(changes[0]).toHaveLength(250);
  });
});
