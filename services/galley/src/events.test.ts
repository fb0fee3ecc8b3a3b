import type { EventInput } from '@quintet/bus';
import { createFileObjects, type FileObjects } from '@quintet/files';
import { describe, expect, it } from 'vitest';
import { publishChanges, publishFileIssues } from './events.ts';
import { createConfigStore } from './store/config-store.ts';
import type { StoreChange } from './store/entry.ts';

const rule = (name: string, fields: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: ${name}}\nspec: {${fields}}\n`;

/** A store that is given one version of a file after the other. */
function file(): (...documents: string[]) => StoreChange {
  const store = createConfigStore({ sources: ['files'], lastGood: [] });
  const objects: FileObjects = createFileObjects({ paths: ['a.yaml'], defaultNamespace: 'default' });
  return (...documents) => {
    const put = new Map([['a.yaml', { kind: 'text', text: documents.join('---\n') } as const]]);
    return store.take({
      source: 'files',
      synced: true,
      ...objects.update({ put, removed: new Set(), isPartial: false }),
    });
  };
}

function published(change: StoreChange): EventInput[] {
  const events: EventInput[] = [];
  publishChanges({ publish: (event) => events.push(event) }, change.told);
  return events;
}

describe('events', () => {
  it('tell of what was applied and removed', () => {
    const write = file();
    expect(published(write(rule('one', 'host: a'), rule('two', 'host: a')))).toMatchObject([
      { type: 'config.applied', severity: 'info', message: 'DestinationRule default/one applied' },
      { type: 'config.applied', resource: { kind: 'DestinationRule', name: 'two', origin: 'a.yaml:6' } },
    ]);
    expect(published(write(rule('one', 'host: a')))).toMatchObject([
      { type: 'config.removed', message: 'DestinationRule default/two removed' },
    ]);
  });

  it('tell of what was rejected, where and why', () => {
    const write = file();
    write(rule('one', 'host: a'), rule('two', 'host: a'));
    expect(published(write(rule('one', 'host: a'), rule('two', 'host: a, hots: b')))).toEqual([
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
    expect(published(file()(rule('one', 'host: a, workloadSelector: {}')))).toMatchObject([
      {
        type: 'config.applied',
        severity: 'warning',
        attributes: { code: 'QTT2001', path: 'spec.workloadSelector' },
      },
    ]);
  });

  it('count when there are very many', () => {
    const many = file()(...Array.from({ length: 101 }, (_, index) => rule(`r${index}`, 'host: a')));
    expect(published(many)).toEqual([
      expect.objectContaining({ type: 'config.applied', message: '101 objects applied, 0 removed' }),
    ]);
  });

  it('warn of what is left out', () => {
    const events: EventInput[] = [];
    const resource = { kind: 'Service', namespace: 'shop', name: 'sig' };
    publishFileIssues({ publish: (event) => events.push(event) }, [
      { code: 'QTT2001', severity: 'warning', resource, path: 'spec.ports[0].protocol', message: 'no' },
    ]);
    expect(events).toMatchObject([
      { type: 'config.finding', severity: 'warning', resource, attributes: { code: 'QTT2001' } },
    ]);
  });

  it('tell of documents that cannot be read', () => {
    const events: EventInput[] = [];
    publishFileIssues({ publish: (event) => events.push(event) }, file()('kind: [\n').newIssues);
    expect(events[0]).toMatchObject({
      type: 'config.rejected',
      severity: 'error',
      attributes: { code: 'QTT1001', file: 'a.yaml' },
    });
  });
});
