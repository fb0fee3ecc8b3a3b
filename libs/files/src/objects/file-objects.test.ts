import { DESTINATION_RULE, isOfSchema } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import type { FileContent } from '../read-text.ts';
import { createFileObjects, type FileObjectsOptions, type ObjectsChange } from './file-objects.ts';
import type { FileItem } from './standing.ts';

const rule = (name: string, host: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: ${name}}\nspec: {host: ${host}}\n`;
const broken = (name: string): string => rule(name, 'x').replace('spec: {', 'spec: {hots: y, ');
const service = (name: string, type: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {type: ${type}}\n`;
const join = (...documents: string[]): string => documents.join('---\n');

const UNREADABLE: FileContent = { kind: 'unreadable', reason: 'permission denied' };

/** Files that change: a text, a reason why there is none, or undefined for a file that is gone. */
function objects(options: Partial<FileObjectsOptions> = {}) {
  const made = createFileObjects({ paths: ['dir', 'other'], defaultNamespace: 'default', ...options });
  return (files: Record<string, string | FileContent | undefined>): ObjectsChange => {
    const entries = Object.entries(files);
    const put = entries.flatMap(([path, content]): [string, FileContent][] => {
      if (content === undefined) return [];
      return [[path, typeof content === 'string' ? { kind: 'text', text: content } : content]];
    });
    const removed = entries.flatMap(([path, content]) => (content === undefined ? [path] : []));
    return made.update({ put: new Map(put), removed: new Set(removed), isPartial: 'more' in files });
  };
}

const host = (item: FileItem): string => {
  if (item.kind === 'native') return item.object.kind;
  const { object } = item;
  return object !== undefined && isOfSchema(object, DESTINATION_RULE.schema) ? object.spec.host : '-';
};
const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** `name=host`, `name=-` for objects that are wrong, `-name` for those that are gone. */
const shown = ({ put, removed }: ObjectsChange): string[] =>
  [
    ...put.map((item) => `${nameOf(item.key)}=${host(item)}`),
    ...removed.map((key) => `-${nameOf(key)}`),
  ].sort();

describe('the objects in files', () => {
  it('are told when they are new, different, wrong, or gone', () => {
    const update = objects();
    expect(shown(update({ 'dir/a': join(rule('one', 'x'), broken('two')) }))).toEqual(['one=x', 'two=-']);
    expect(shown(update({ 'dir/a': join(rule('one', 'y'), broken('two')) }))).toEqual(['one=y']);
    expect(shown(update({ 'dir/a': rule('two', 'z') }))).toEqual(['-one', 'two=z']);
    expect(shown(update({ 'dir/a': undefined }))).toEqual(['-two']);
  });

  it('keep their version when they move in the file, and know the line', () => {
    const update = objects();
    const [before] = update({ 'dir/a': join(rule('one', 'x'), rule('two', 'x')) }).put;
    const change = update({ 'dir/a': join(rule('zero', 'x'), rule('one', 'x'), rule('two', 'x')) });
    expect(shown(change)).toEqual(['one=x', 'two=x', 'zero=x']);
    const after = change.put.find(({ key }) => key === before?.key);
    expect(after).toMatchObject({ origin: { line: 6 }, object: { origin: { line: 6 } } });
    expect(after?.object?.version).toBe(before?.object?.version);
    const commented = update({ 'dir/a': `# a comment\n${rule('one', 'x')}` }).put;
    expect(commented[0]?.object?.version).toBe(before?.object?.version);
  });

  it('have the lines of their issues where they stand now', () => {
    const update = objects();
    update({ 'dir/a': broken('one') });
    const { put } = update({ 'dir/a': join(rule('zero', 'x'), broken('one')) });
    expect(put.find(({ key }) => nameOf(key) === 'one')).toMatchObject({
      issues: [{ path: 'spec.hots', origin: { file: 'dir/a', line: 9 } }],
    });
  });

  it('stay when a document cannot be named, and are wrong meanwhile', () => {
    const update = objects();
    update({ 'dir/a': join(rule('one', 'x'), rule('two', 'x')) });
    const change = update({ 'dir/a': join(rule('one', 'y'), 'kind: [') });
    expect(shown(change)).toEqual(['one=y', 'two=-']);
    expect(change.issues).toMatchObject([{ code: 'QTT1001' }]);
    expect(change.put.find(({ key }) => nameOf(key) === 'two')).toMatchObject({
      issues: [{ code: 'QTT1001' }],
    });
    const mended = update({ 'dir/a': rule('one', 'y') });
    expect(shown(mended)).toEqual(['-two', 'one=y']);
    expect(mended.issues).toEqual([]);
  });

  it('stay when their file or a directory above cannot be read', () => {
    const update = objects();
    update({ 'dir/sub/a': rule('one', 'x'), 'other/b': rule('two', 'x') });
    expect(shown(update({ 'dir/sub': UNREADABLE, 'dir/sub/a': undefined, 'other/b': undefined }))).toEqual([
      '-two',
      'one=-',
    ]);
    expect(shown(update({ 'dir/sub': UNREADABLE }))).toEqual([]);
    expect(shown(update({ 'dir/sub': undefined, 'dir/sub/a': rule('one', 'x') }))).toEqual(['one=x']);
  });

  it('that were known before the start stay while their place cannot be read', () => {
    const known = ['dir/a', 'dir/b'].map((file, index) => {
      const resource = { kind: 'DestinationRule', namespace: 'default', name: `rule-${index}` };
      return { resource, origin: { file, line: 1 } };
    });
    const update = objects({ known });
    expect(shown(update({ 'dir/c': '', more: undefined }))).toEqual([]);
    expect(shown(update({ 'dir/a': UNREADABLE }))).toEqual(['-rule-1', 'rule-0=-']);
  });

  it('count once: the first in the order of the files, and the next when that is gone', () => {
    const update = objects();
    const change = update({
      'other/a': rule('one', 'z'),
      'dir/b': rule('one', 'y'),
      'dir/a/c': rule('one', 'x'),
    });
    expect(shown(change)).toEqual(['one=x']);
    expect(change.issues).toMatchObject([
      { code: 'QTT1004', origin: { file: 'dir/b', line: 1 } },
      { code: 'QTT1004', origin: { file: 'other/a', line: 1 } },
    ]);
    expect(shown(update({ 'dir/a/c': undefined }))).toEqual(['one=y']);
    expect(update({ 'dir/b': undefined }).issues).toEqual([]);
    expect(shown(update({ 'dir/b': join(rule('two', 'a'), rule('two', 'b')) }))).toEqual(['two=a']);
  });

  it('may move from one file to another', () => {
    const update = objects();
    update({ 'dir/a': join(rule('one', 'x'), rule('two', 'x')) });
    const change = update({ 'dir/a': rule('one', 'x'), 'dir/b': rule('two', 'y') });
    expect(shown(change)).toEqual(['one=x', 'two=y']);
    expect(change.issues).toBeUndefined();
  });

  it('of Kubernetes are read when asked for; wrong ones count as before', () => {
    expect(shown(objects()({ 'dir/a': service('one', 'ClusterIP') }))).toEqual([]);
    const update = objects({ native: 'decode' });
    expect(shown(update({ 'dir/a': service('one', 'ClusterIP') }))).toEqual(['one=Service']);
    const wrong = update({ 'dir/a': service('one', '[1]') });
    expect(shown(wrong)).toEqual([]);
    expect(wrong.issues).toMatchObject([{ severity: 'error', path: 'spec.type' }]);
    expect(shown(update({ 'dir/a': 'kind: [' }))).toEqual([]);
    expect(shown(update({ 'dir/a': '' }))).toEqual(['-one']);
  });
});
