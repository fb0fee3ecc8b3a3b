import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check } from './check.ts';
import { compile } from './compile.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { compareStrings } from './equality.ts';
import { Fault } from './fault.ts';
import { formatIp, ipEquals, parseIp } from './ip-address.ts';
import type { AttributeManifest } from './manifest.ts';
import { parse } from './parse.ts';
import { partialEvaluate } from './partial.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';
import type { Value } from './value.ts';
import { bagOf, duration, stringMapOf, timestamp } from './value.ts';

const manifest: AttributeManifest = new Map([
  ['s', 'STRING'],
  ['s.t', 'STRING'],
  ['b', 'BOOL'],
  ['i', 'INT64'],
  ['m', 'STRING_MAP'],
]);

const strings = fc.letrec<{ bool: string; string: string }>((tie) => ({
  string: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('s', 's.t', '"x"', '"y"', 'm["k"]', 'm["l"]', 'm[s]'),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a} | ${b})`),
    fc.tuple(tie('bool'), tie('string'), tie('string')).map(([c, a, b]) => `conditional(${c}, ${a}, ${b})`),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a} + ${b})`),
  ),
  bool: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('b', 'true', 'false', '(i == 1)', '(i < 2)'),
    fc
      .tuple(tie('string'), fc.constantFrom('==', '!=', '<'), tie('string'))
      .map((parts) => `(${parts.join(' ')})`),
    fc
      .tuple(tie('bool'), fc.constantFrom('&&', '||', '|', '=='), tie('bool'))
      .map((parts) => `(${parts.join(' ')})`),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a}).startsWith(${b})`),
  ),
}));

const text = fc.constantFrom('x', 'y', 'k', 'xy');
const attributes = fc.record(
  {
    s: text,
    's.t': text,
    b: fc.boolean(),
    i: fc.bigInt(0n, 3n),
    m: fc.record({ k: text, l: text }, { requiredKeys: [] }).map((record): Value => stringMapOf(record)),
  },
  { requiredKeys: [] },
);

describe('properties', () => {
  it('parsing any text gives a result', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'ab.()[]"|&=!<5,+`\' \n') })),
        (input) => {
          const parsed = parse(input);
          if (parsed.ok) check(parsed.value, manifest);
        },
      ),
    );
  });

  it('partial evaluation agrees with evaluation, whatever is hidden', () => {
    fc.assert(
      fc.property(
        strings.bool,
        attributes,
        fc.subarray([...manifest.keys()]),
        (expression, values, hidden) => {
          const program = compile(expression, manifest);
          const parsed = parse(expression);
          if (!program.ok || !parsed.ok)
            throw new Error(`${expression}: ${program.ok ? '' : program.message}`);
          const bag = new Map<string, Value>(Object.entries(values));
          const result = program.value.evaluate(bagOf(bag));
          const verdict = partialEvaluate(parsed.value, manifest, {
            knowledge: (name) => {
              if (hidden.includes(name)) return { known: 'nothing' };
              const value = bag.get(name);
              return value === undefined ? { known: 'absent' } : { known: 'value', value };
            },
          });
          if (verdict === 'true') expect(result).toBe(true);
          if (verdict === 'false') expect(result === false || result instanceof Fault).toBe(true);
          if (hidden.length === 0) expect(verdict).toBe(result === true ? 'true' : 'false');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('timestamps, durations and addresses survive being written and read', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-62_135_596_800n, 253_402_300_799n),
        fc.bigInt(0n, 999_999_999n),
        (seconds, nanos) => {
          const value = timestamp(seconds * 1_000_000_000n + nanos);
          expect(parseTimestamp(formatTimestamp(value))).toEqual(value);
        },
      ),
    );
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n) + 1n, 2n ** 63n - 1n), (nanos) => {
        expect(parseDuration(formatDuration(duration(nanos)))).toEqual(duration(nanos));
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const bytes = parseIp(address);
        if (bytes === undefined) throw new Error(`${address} was not read`);
        expect(ipEquals(parseIp(formatIp(bytes)) ?? new Uint8Array(), bytes)).toBe(true);
      }),
    );
  });

  it('strings are ordered by their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
