import { describe, expect, it } from 'vitest';
import { evalJson, evalJsonLine } from './eval-json.ts';

const manifest = {
  attributes: Object.fromEntries(
    Object.entries({
      s: 'STRING',
      s2: 'STRING',
      i: 'INT64',
      d: 'DOUBLE',
      b: 'BOOL',
      b2: 'BOOL',
      t: 'TIMESTAMP',
      dur: 'DURATION',
      addr: 'IP_ADDRESS',
      addr2: 'IP_ADDRESS',
      m: 'STRING_MAP',
      m2: 'STRING_MAP',
      dns: 'DNS_NAME',
      mail: 'EMAIL_ADDRESS',
      link: 'URI',
    }).map(([name, valueType]) => [name, { valueType }]),
  ),
};

function evaluate(expression: string, attributes: Record<string, unknown> = {}) {
  return evalJson({ expression, manifest, attributes });
}

describe('evalJson gives values', () => {
  it.each<[string, Record<string, unknown>, string, unknown, string[]]>([
    ['"x"', {}, 'STRING', 'x', []],
    ['1 + 2', {}, 'INT64', 3, []],
    ['9223372036854775807 + 1', {}, 'INT64', '-9223372036854775808', []],
    ['1.5 + d', { d: 2 }, 'DOUBLE', 3.5, ['d']],
    ['"90s"', {}, 'DURATION', '90s', []],
    ['"5ms"', {}, 'DURATION', '0.005s', []],
    ['dur == "1m30s"', { dur: '90s' }, 'BOOL', true, ['dur']],
    ['t', { t: '2024-05-01T12:00:00.25+02:00' }, 'TIMESTAMP', '2024-05-01T10:00:00.250Z', ['t']],
    ['t < timestamp("2024-05-01T10:00:01Z")', { t: '2024-05-01T10:00:00Z' }, 'BOOL', true, ['t']],
    ['addr == ip("::ffff:10.0.0.1")', { addr: '10.0.0.1' }, 'BOOL', true, ['addr']],
    ['ip("2001:db8:0:0:0:0:0:1")', {}, 'IP_ADDRESS', '2001:db8::1', []],
    ['s | "none"', {}, 'STRING', 'none', ['-s']],
    ['s | s2 | "none"', { s2: 'x' }, 'STRING', 'x', ['-s', 's2']],
    ['m["k"] | "none"', {}, 'STRING', 'none', ['-m']],
    ['m["k"] | "none"', { m: {} }, 'STRING', 'none', ['-m[k]', 'm']],
    ['m["k"]', { m: { k: 'v' } }, 'STRING', 'v', ['m', 'm[k]']],
    ['m[s]', { m: { k: 'v' }, s: 'k' }, 'STRING', 'v', ['m', 'm[k]', 's']],
    ['(m["a"] == "x") | true', { m: {} }, 'BOOL', true, ['-m[a]', 'm']],
    ['b && b2', { b: false }, 'BOOL', false, ['b']],
    ['b || b2', { b: true }, 'BOOL', true, ['b']],
    ['conditional(b, s, s2)', { b: false, s2: 'no' }, 'STRING', 'no', ['b', 's2']],
    ['match(s, "a*") && match(s, "*c") && match(s, "abc")', { s: 'abc' }, 'BOOL', true, ['s']],
    ['"b+".matches(s)', { s: 'abbc' }, 'BOOL', true, ['s']],
    ['s2.matches(s)', { s: 'abbc', s2: '^b' }, 'BOOL', false, ['s', 's2']],
    ['toLower(s)', { s: 'ÄB' }, 'STRING', 'äb', ['s']],
    ['size(s)', { s: 'äb' }, 'INT64', 3, ['s']],
    ['dns == dnsName("bücher.example.")', { dns: 'xn--bcher-kva.EXAMPLE' }, 'BOOL', true, ['dns']],
    ['mail == email("ann@Example.com")', { mail: 'ann@example.com' }, 'BOOL', true, ['mail']],
    ['mail == email("Ann@example.com")', { mail: 'ann@example.com' }, 'BOOL', false, ['mail']],
    ['link == uri("HTTP://Example.com/A")', { link: 'http://example.com/A' }, 'BOOL', true, ['link']],
    ['link == uri("http://example.com/a")', { link: 'http://example.com/A' }, 'BOOL', false, ['link']],
    ['m == m2', { m: { a: '1', b: '2' }, m2: { b: '2', a: '1' } }, 'BOOL', true, ['m', 'm2']],
    ['emptyStringMap()', {}, 'STRING_MAP', {}, []],
    ['i', { i: '9007199254740993' }, 'INT64', '9007199254740993', ['i']],
    ['"Z" < "a" && "\uffff" < "😀"', {}, 'BOOL', true, []],
  ])('%s', (expression, attributes, type, value, referenced) => {
    expect(evaluate(expression, attributes)).toEqual({ type, value, referenced });
  });
});

describe('evalJson tells what is wrong', () => {
  it.each<[string, Record<string, unknown>, string, string[]]>([
    ['s', {}, "lookup failed: 's'", ['-s']],
    ['s | s2', {}, "lookup failed: 's2'", ['-s', '-s2']],
    ['m["k"]', { m: {} }, "member lookup failed: 'k'", ['-m[k]', 'm']],
    ['b && b2', { b: true }, "lookup failed: 'b2'", ['-b2', 'b']],
    ['ip(s) | addr', { s: 'x' }, 'could not convert x to IP_ADDRESS', ['s']],
    [
      'timestamp(s)',
      { s: 'x' },
      "could not convert 'x' to TIMESTAMP. expected format: '2006-01-02T15:04:05Z07:00'",
      ['s'],
    ],
    ['i + 1', { i: 'x' }, 'attribute i: "x" is no INT64: expected an integer that fits 64 bits', ['-i']],
  ])('%s', (expression, attributes, error, referenced) => {
    expect(evaluate(expression, attributes)).toEqual({ error, referenced });
  });

  it('does not read attributes that nobody asks for', () => {
    expect(evaluate('s', { s: 'x', i: 'no number' })).toEqual({
      type: 'STRING',
      value: 'x',
      referenced: ['s'],
    });
  });

  it('answers type errors without references', () => {
    expect(evaluate('!b', { b: true })).toEqual({ error: 'unknown function: NOT' });
  });

  it('keeps members of the prototype out', () => {
    expect(evaluate('m["constructor"] | "none"', { m: {} })).toMatchObject({ value: 'none' });
  });

  it('names a wrong manifest', () => {
    expect(evalJson({ expression: '1', manifest: { attributes: { a: { valueType: 'TEXT' } } } })).toEqual({
      error: expect.stringContaining('attributes.a.valueType: found "TEXT"'),
    });
  });

  it('uses the standard vocabulary without a manifest', () => {
    expect(
      evalJson({ expression: 'request.path == "/"', attributes: { 'request.path': '/' } }),
    ).toMatchObject({
      value: true,
    });
  });

  it('does not round integers of a batch', () => {
    const line = (value: string) =>
      `{"expression":"i","manifest":{"attributes":{"i":{"valueType":"INT64"}}},"attributes":{"i":${value}}}`;
    expect(evalJsonLine(line('9223372036854775807'))).toMatchObject({ value: '9223372036854775807' });
    expect(evalJsonLine(line('9223372036854775808'))).toMatchObject({
      error: expect.stringContaining('no INT64'),
    });
  });

  it('answers every line of a batch', () => {
    expect(evalJsonLine('{"expression":"1"}')).toEqual({ type: 'INT64', value: 1, referenced: [] });
    expect(evalJsonLine('{')).toEqual({ error: expect.stringContaining('not JSON') });
    expect(evalJsonLine('[]')).toEqual({ error: expect.stringContaining('"expression"') });
  });
});
