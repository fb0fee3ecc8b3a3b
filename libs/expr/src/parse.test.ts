import { describe, expect, it } from 'vitest';
import { formatExpression } from './ast.ts';
import { MAX_DEPTH, MAX_LENGTH, parse } from './parse.ts';

function shown(text: string): string {
  const parsed = parse(text);
  return parsed.ok ? formatExpression(parsed.value) : parsed.message;
}

describe('parse', () => {
  it.each([
    ['a.b.c == 2', 'EQ($a.b.c, 2)'],
    ['!(a.b || b || "c" && b)', 'NOT(LOR(LOR($a.b, $b), LAND("c", $b)))'],
    ['a == "x" | "y"', 'EQ($a, OR("x", "y"))'],
    ['a + b == c', 'EQ(ADD($a, $b), $c)'],
    ['a - b - c', 'SUB(SUB($a, $b), $c)'],
    ['-5', 'SUB(5)'],
    ['a < 5 && b >= 2.5', 'LAND(LT($a, 5), GE($b, 2.5))'],
    ['request.headers["x-id"]', 'INDEX($request.headers, "x-id")'],
    ['m[a.b]', 'INDEX($m, $a.b)'],
    ['"a.*".matches(request.path)', '"a.*":matches($request.path)'],
    ['request.path.startsWith("/x")', '$request.path:startsWith("/x")'],
    ['match(a, "*.b") && TRUE', 'LAND(match($a, "*.b"), true)'],
    ['emptyStringMap()', 'emptyStringMap()'],
    ['(a.b | "x").endsWith("y")', 'OR($a.b, "x"):endsWith("y")'],
    ['f(a,\n b, )', 'f($a, $b)'],
    ['a &&\n b', 'LAND($a, $b)'],
    ['a // why\n', '$a'],
    ['a /* b */ == c', 'EQ($a, $c)'],
    ['`raw\\n`', '`raw\\n`'],
  ])('%s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ['', "1:1: expected operand, found 'EOF'"],
    ['a b', "1:3: expected 'end of expression', found 'b'"],
    ['a\n&& b', "1:3: expected 'end of expression', found '&&'"],
    ['(a', "1:3: expected ')', found 'EOF'"],
    ['a.type', "1:3: expected selector or type assertion, found 'type'"],
    ['"open', '1:1: string literal not terminated'],
    ['a ? b', '1:3: illegal character "?"'],
    ['f(a)(b)', '1:5: unexpected expression: only a name can be called'],
    ['m["a"].b', "1:8: unexpected expression: '.b' of something that is no attribute"],
    ['0x10', 'parsing "0x10": integers are written in decimal digits'],
    ['9223372036854775808', 'parsing "9223372036854775808": value out of range'],
    ['"\\q"', '1:1: invalid escape in "\\q"'],
    ['1i', "1:1: expected operand, found '1i'"],
  ])('refuses %s', (text, reason) => {
    expect(shown(text)).toBe(`unable to parse expression '${text}': ${reason}`);
  });

  it.each([
    ['"5s"', 'DURATION'],
    ['"0"', 'DURATION'],
    ['"-1.5h30m"', 'DURATION'],
    ['"5"', 'STRING'],
    ['"5d"', 'STRING'],
    ['""', 'STRING'],
    ["'a'", 'STRING'],
    ['1', 'INT64'],
    ['1.', 'DOUBLE'],
    ['.5e3', 'DOUBLE'],
    ['true', 'BOOL'],
  ])('%s is a %s', (text, type) => {
    const parsed = parse(text);
    expect(parsed.ok && parsed.value.node === 'constant' && parsed.value.type).toBe(type);
  });

  it.each([
    ['"\\x41\\u00e9\\U0001F600\\101\\"\\n"', 'Aé😀A"\n'],
    ['"\\xc3\\xa9"', 'é'],
    ['`\\x41"`', '\\x41"'],
    ["'\\''", "'"],
  ])('reads the escapes of %s', (text, value) => {
    const parsed = parse(text);
    expect(parsed.ok && parsed.value.node === 'constant' && parsed.value.value).toBe(value);
  });

  it('refuses what is too long or too deep', () => {
    expect(shown('a'.repeat(MAX_LENGTH + 1))).toContain('longer than the limit');
    expect(shown(`${'('.repeat(MAX_DEPTH + 1)}a${')'.repeat(MAX_DEPTH + 1)}`)).toContain('nested deeper');
    expect(shown(`a${' + a'.repeat(MAX_DEPTH)}`)).toContain('nested deeper');
    expect(shown('!'.repeat(100_000))).toContain('longer than the limit');
  });
});
