import type { EventInput } from '@quintet/bus';
import { type CheckedFile, type ConfigState, EMPTY_STATE, nextState, stateChanges } from '@quintet/files';
import { checkDocuments } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { publishChanges, publishFileIssues } from './events.ts';

const rule = (name: string, fields: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: ${name}}\nspec: {${fields}}\n`;
const state = (before: ConfigState, ...documents: string[]): ConfigState => {
  const content = checkDocuments(documents.join('---\n'), { file: 'a.yaml' });
  const file: CheckedFile = { kind: 'checked', path: 'a.yaml', content };
  return nextState(before, [file]);
};

function published(before: ConfigState, after: ConfigState): EventInput[] {
  const events: EventInput[] = [];
  publishChanges({ publish: (event) => events.push(event) }, stateChanges(before, after));
  return events;
}

describe('events', () => {
  const good = state(EMPTY_STATE, rule('one', 'host: a'), rule('two', 'host: a'));

  it('tell of what was applied and removed', () => {
    expect(published(EMPTY_STATE, good)).toMatchObject([
      { type: 'config.applied', severity: 'info', message: 'DestinationRule default/one applied' },
      { type: 'config.applied', resource: { kind: 'DestinationRule', name: 'two', origin: 'a.yaml:6' } },
    ]);
    expect(published(good, state(good, rule('one', 'host: a')))).toMatchObject([
      { type: 'config.removed', message: 'DestinationRule default/two removed' },
    ]);
  });

  it('tell of what was rejected, where and why', () => {
    expect(published(good, state(good, rule('one', 'host: a'), rule('two', 'host: a, hots: b')))).toEqual([
      {
        type: 'config.rejected',
        severity: 'error',
        message:
          'DestinationRule default/two rejected: a.yaml:9: Schema validation error: spec.hots: unknown field "hots" in DestinationRule; did you mean "host"?; the last good version stays',
        resource: {
          kind: 'DestinationRule',
          namespace: 'default',
          name: 'two',
          version: expect.any(String),
          origin: 'a.yaml:6',
        },
        attributes: { code: 'IST0106', path: 'spec.hots', file: 'a.yaml', line: '9', state: 'held' },
      },
    ]);
  });

  it('warn of what is applied and not realised', () => {
    const after = state(EMPTY_STATE, rule('one', 'host: a, workloadSelector: {}'));
    expect(published(EMPTY_STATE, after)).toMatchObject([
      {
        type: 'config.applied',
        severity: 'warning',
        attributes: { code: 'QTT2001', path: 'spec.workloadSelector' },
      },
    ]);
  });

  it('count when there are very many', () => {
    const many = state(
      EMPTY_STATE,
      ...Array.from({ length: 101 }, (_, index) => rule(`r${index}`, 'host: a')),
    );
    expect(published(EMPTY_STATE, many)).toEqual([
      expect.objectContaining({ type: 'config.applied', message: '101 objects applied, 0 removed' }),
    ]);
  });

  it('tell of documents that cannot be read', () => {
    const events: EventInput[] = [];
    publishFileIssues({ publish: (event) => events.push(event) }, state(EMPTY_STATE, 'kind: [\n').issues);
    expect(events[0]).toMatchObject({
      type: 'config.rejected',
      severity: 'error',
      attributes: { code: 'QTT1001', file: 'a.yaml' },
    });
  });
});
