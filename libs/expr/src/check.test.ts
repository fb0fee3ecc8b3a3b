import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import type { AttributeManifest } from './manifest.ts';
import { parse } from './parse.ts';

const manifest: AttributeManifest = new Map([
  ['s', 'STRING'],
  ['i', 'INT64'],
  ['d', 'DOUBLE'],
  ['b', 'BOOL'],
  ['t', 'TIMESTAMP'],
  ['dur', 'DURATION'],
  ['addr', 'IP_ADDRESS'],
  ['m', 'STRING_MAP'],
  ['request.headers', 'STRING_MAP'],
]);

function typed(text: string): string {
  const parsed = parse(text);
  if (!parsed.ok) return parsed.message;
  const type = check(parsed.value, manifest);
  return type.ok ? type.value : type.message;
}

describe('check', () => {
  it.each([
    ['s == "x"', 'BOOL'],
    ['i + 1', 'INT64'],
    ['s + "x"', 'STRING'],
    ['d < 1.5', 'BOOL'],
    ['t >= timestamp("2024-01-01T00:00:00Z")', 'BOOL'],
    ['dur == "5s"', 'BOOL'],
    ['duration("5s")', 'DURATION'],
    ['duration(s)', 'DURATION'],
    ['addr | ip("1.2.3.4")', 'IP_ADDRESS'],
    ['m["k"] | "none"', 'STRING'],
    ['m | emptyStringMap()', 'STRING_MAP'],
    ['conditional(b, i, 2)', 'INT64'],
    ['conditionalString(b, s, "x")', 'STRING'],
    ['size(s)', 'INT64'],
    ['dnsName(s)', 'DNS_NAME'],
    ['email(s)', 'EMAIL_ADDRESS'],
    ['uri(s)', 'URI'],
    ['s.startsWith("x") && s.endsWith("y") || "x".matches(s)', 'BOOL'],
  ])('%s is %s', (text, type) => {
    expect(typed(text)).toBe(type);
  });

  it.each([
    ['nope == 1', 'unknown attribute nope'],
    ['!b', 'unknown function: NOT'],
    ['-i', 'unknown function: SUB'],
    ['i * 2', 'unknown function: MUL'],
    ['i / 2', 'unknown function: QUO'],
    ['i % 2', 'unknown function: REM'],
    ['nope(1)', 'unknown function: nope'],
    ['+i', 'ADD($i) arity mismatch. Got 1 arg(s), expected 2 arg(s)'],
    ['match(s)', 'match($s) arity mismatch. Got 1 arg(s), expected 2 arg(s)'],
    ['match(s, s, s)', 'match($s, $s, $s) arity mismatch. Got 3 arg(s), expected 2 arg(s)'],
    ['i == "x"', 'EQ($i, "x") arg 2 ("x") typeError got STRING, expected INT64'],
    [
      'request.headers["x-b3-sampled"] | "0"',
      'OR(INDEX($request.headers, "x-b3-sampled"), "0") arg 2 ("0") typeError got DURATION, expected STRING',
    ],
    ['s && b', 'LAND($s, $b) arg 1 ($s) typeError got STRING, expected BOOL'],
    ['m[1]', 'INDEX($m, 1) arg 2 (1) typeError got INT64, expected STRING'],
    ['s["k"]', 'INDEX($s, "k") arg 1 ($s) typeError got STRING, expected STRING_MAP'],
    ['s.match("x")', 'invoking regular function on instance method: match'],
    ['matches("x", s)', 'invoking instance method without an instance: matches'],
    ['i.startsWith("x")', '$i:startsWith("x") target typeError got INT64, expected STRING'],
    [
      'b < true',
      'LT($b, true) arg 1 ($b) typeError got BOOL, expected one of STRING, INT64, DOUBLE, TIMESTAMP',
    ],
    ['b + b', 'ADD($b, $b) arg 1 ($b) typeError got BOOL, expected one of STRING, INT64, DOUBLE'],
    ['conditional(b, i, s)', 'conditional($b, $i, $s) arg 3 ($s) typeError got STRING, expected INT64'],
  ])('refuses %s', (text, message) => {
    expect(typed(text)).toBe(message);
  });
});
