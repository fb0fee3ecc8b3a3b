import { describe, expect, it } from 'vitest';
import { importsOf, mergeProto } from '../scripts/merge-proto.mjs';

const HEAD = 'syntax = "proto3";\npackage p;\n';

const squeeze = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

describe('mergeProto', () => {
  it.each([
    [
      'adds a field',
      'message M { int32 a = 1; }',
      'message M { int32 b = 2; }',
      'message M { int32 a = 1; int32 b = 2; }',
    ],
    [
      'adds to a oneof inside a message',
      'message M { oneof o { int32 a = 1; } int32 c = 3; }',
      'message M { oneof o { int32 b = 2; } }',
      'message M { oneof o { int32 a = 1; int32 b = 2; } int32 c = 3; }',
    ],
    ['adds a value', 'enum E { A = 0; }', 'enum E { B = 1; }', 'enum E { A = 0; B = 1; }'],
    ['adds a declaration', 'message M {}', 'message N {}', 'message M {} message N {}'],
    ['adds an import once', 'import "a";', 'import "a"; import "b";', 'import "a"; import "b";'],
    [
      'is not confused by braces in comments, strings and options',
      'message M { // }\n string a = 1 [(r) = {in: "}"}]; /* { */ }',
      'message M { int32 b = 2; }',
      'message M { // } string a = 1 [(r) = {in: "}"}]; /* { */ int32 b = 2; }',
    ],
    [
      'merges the second of two equal bodies',
      'message A { message M { int32 x = 1; } } message B { message M { int32 x = 1; } }',
      'message B { message M { int32 y = 2; } }',
      'message A { message M { int32 x = 1; } } message B { message M { int32 x = 1; int32 y = 2; } }',
    ],
    [
      'takes comments along',
      'message M { int32 a = 1; }',
      'message M {\n// b\nint32 b = 2; }',
      'message M { int32 a = 1; // b int32 b = 2; }',
    ],
  ])('%s', (_, base, fragment, merged) => {
    expect(squeeze(mergeProto(HEAD + base, HEAD + fragment))).toBe(squeeze(HEAD + merged));
  });

  it('refuses what the base has already', () => {
    expect(() =>
      mergeProto(`${HEAD}message M { int32 a = 1; }`, `${HEAD}message M { int32 a = 1; }`),
    ).toThrow('p.M.a is declared in the base already');
  });

  it('refuses another package', () => {
    expect(() => mergeProto(HEAD, 'syntax = "proto3";\npackage q;')).toThrow(
      'package q cannot be merged into package p',
    );
  });
});

describe('importsOf', () => {
  it('reads all forms and skips comments', () => {
    expect(importsOf(`${HEAD}import "a"; import public "b"; // import "c";\n/* import "d"; */`)).toEqual([
      'a',
      'b',
    ]);
  });
});
