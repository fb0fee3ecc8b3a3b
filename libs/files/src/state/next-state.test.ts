import { checkDocuments, DESTINATION_RULE, isOfSchema } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { stateChanges } from './changes.ts';
import { type CheckedFile, type ConfigState, EMPTY_STATE } from './config-state.ts';
import { nextState } from './next-state.ts';

const rule = (name: string, host: string): string =>
  `apiVersion: networking.istio.io/v1alpha3\nkind: DestinationRule\nmetadata: {name: ${name}}\nspec: {host: ${host}}\n`;
const broken = (name: string): string => rule(name, 'x').replace('spec: {', 'spec: {hots: y, ');
const join = (...documents: string[]): string => documents.join('---\n');

const checked = (path: string, text: string): CheckedFile => {
  return { kind: 'checked', path, content: checkDocuments(text, { file: path }) };
};

/** `name state host` of each object. */
const shown = (state: ConfigState): string[] =>
  [...state.entries.values()].map(({ resource, state: how, object }) => {
    const host = object !== undefined && isOfSchema(object, DESTINATION_RULE.schema) ? object.spec.host : '-';
    return `${resource.name} ${how} ${host}`;
  });

const after = (before: ConfigState, ...files: CheckedFile[]): ConfigState => nextState(before, files);
const good = after(EMPTY_STATE, checked('a', join(rule('one', 'x'), rule('two', 'x'))));

describe('nextState', () => {
  it('applies what is good and rejects what never was', () => {
    expect(shown(after(EMPTY_STATE, checked('a', join(rule('one', 'x'), broken('two')))))).toEqual([
      'one applied x',
      'two rejected -',
    ]);
  });

  it('holds a bad object back alone', () => {
    expect(shown(after(good, checked('a', join(rule('one', 'y'), broken('two')))))).toEqual([
      'one applied y',
      'two held x',
    ]);
  });

  it('removes what is in no file any more', () => {
    expect(shown(after(good, checked('a', rule('two', 'x'))))).toEqual(['two applied x']);
    expect(shown(after(good))).toEqual([]);
  });

  it('keeps what may stand in a document that nobody can name', () => {
    const state = after(good, checked('a', join(rule('one', 'y'), 'kind: [')));
    expect(shown(state)).toEqual(['one applied y', 'two held x']);
    expect(state.issues).toMatchObject([{ code: 'QTT1001' }]);
    expect(state.entries.get('DestinationRule/default/two')?.issues).toMatchObject([{ code: 'QTT1001' }]);
  });

  it('keeps what stood in a file or below a directory that cannot be read', () => {
    const unreadable: CheckedFile = { kind: 'unreadable', path: 'dir', reason: 'permission denied' };
    const before = after(EMPTY_STATE, checked('dir/a', rule('one', 'x')), checked('other', rule('two', 'x')));
    expect(shown(after(before, unreadable))).toEqual(['one held x']);
  });

  it('counts the first of two objects with one name', () => {
    const state = after(EMPTY_STATE, checked('a', rule('one', 'x')), checked('b', rule('one', 'y')));
    expect(shown(state)).toEqual(['one applied x']);
    expect(state.issues).toMatchObject([{ code: 'QTT1004', origin: { file: 'b', line: 1 } }]);
  });

  it('lets an object move from one file to another', () => {
    expect(shown(after(good, checked('a', rule('one', 'x')), checked('b', rule('two', 'y'))))).toEqual([
      'one applied x',
      'two applied y',
    ]);
  });

  it('applies a held object again once it is good', () => {
    const held = after(good, checked('a', join(rule('one', 'x'), broken('two'))));
    expect(shown(after(held, checked('a', join(rule('one', 'x'), rule('two', 'z')))))).toContain(
      'two applied z',
    );
  });
});

describe('stateChanges', () => {
  const told = (before: ConfigState, next: ConfigState): string[] =>
    stateChanges(before, next).map(({ kind, entry }) => `${kind} ${entry.resource.name}`);

  it('does not tell of an object that only moved to another line', () => {
    const moved = after(good, checked('a', `# a comment\n${join(rule('one', 'x'), rule('two', 'y'))}`));
    expect(told(good, moved)).toEqual(['applied two']);
  });

  it('tells of new, changed, bad, repaired and removed objects, once', () => {
    expect(told(EMPTY_STATE, good)).toEqual(['applied one', 'applied two']);
    expect(told(good, good)).toEqual([]);
    const held = after(good, checked('a', join(rule('one', 'x'), broken('two'))));
    expect(told(good, held)).toEqual(['rejected two']);
    expect(told(held, after(held, checked('a', join(rule('one', 'x'), broken('two')))))).toEqual([]);
    expect(told(held, good)).toEqual(['applied two']);
    expect(told(good, after(good, checked('a', rule('two', 'y'))))).toEqual(['applied two', 'removed one']);
  });
});
