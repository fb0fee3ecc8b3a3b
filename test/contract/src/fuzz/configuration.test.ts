import type { JsonValue } from '@bufbuild/protobuf';
import { type CheckOptions, checkDocuments, checkJsonObject, type ParsedObject } from '@quintet/model';
import { describe, expect, it } from 'vitest';
import { type FuzzRun, runFuzz } from './bounds.ts';
import { ALL_KINDS, randomDocument } from './documents.ts';
import { mutateText } from './mutate.ts';
import { inherited, reachedPrototype } from './prototypes.ts';
import { below, seededRandom } from './random.ts';
import { yamlText } from './yaml-text.ts';

const INPUTS = 100_000;
const MEBIBYTE = 1024 ** 2;
/** Of processor time for a document of some kilobytes; what takes exponentially long passes any bound. */
const LONGEST_MS = 500;
const OPTIONS: CheckOptions = { file: 'fuzz.yaml', native: 'decode', foreign: 'report' };
const JSON_TOKENS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '1e999',
  '-',
  '"__proto__":',
  'null',
];

/** What became of a document, in a word; throws for what no document may bring about. */
function outcomeOf(parsed: readonly ParsedObject[], seen: Set<string>): string {
  const results = parsed.map(({ object, native, issues, resource }) => ({
    object,
    native,
    issues,
    resource,
  }));
  const reached = reachedPrototype(results);
  if (reached !== undefined) throw new Error(`the result has ${reached}`);
  for (const { resource } of parsed) if (resource !== undefined) seen.add(resource.kind);
  for (const { issues } of parsed) for (const { path, message } of issues) bounded(`${path}${message}`);
  if (parsed.length === 0) return 'nothing';
  if (parsed.every(({ issues }) => issues.every(({ severity }) => severity !== 'error'))) return 'right';
  return parsed.some(({ resource }) => resource === undefined) ? 'unreadable' : 'wrong';
}

function bounded(text: string): void {
  if (text.length > 20_000) throw new Error(`an issue of ${text.length} characters`);
}

function expectBounds({ slowest, heapGrowth }: FuzzRun, seed: number): void {
  expect(slowest.ms, `input ${slowest.index} of seed ${seed}`).toBeLessThan(LONGEST_MS);
  expect(heapGrowth).toBeLessThan(24 * MEBIBYTE);
  expect({}).not.toHaveProperty('polluted');
}

describe(`reading configuration, ${INPUTS} documents`, () => {
  it('as YAML (seed 41)', { timeout: 300_000 }, async () => {
    const seed = 41;
    const random = seededRandom(seed);
    const before = inherited();
    const kinds = new Set<string>();
    const take = () => {
      const documents = Array.from({ length: random() < 0.05 ? 2 + below(3, random) : 1 }, () =>
        randomDocument(random),
      );
      return outcomeOf(checkDocuments(yamlText(documents, random), OPTIONS).parsed, kinds);
    };
    const run = await runFuzz({ inputs: INPUTS, take });
    expectBounds(run, seed);
    expect(inherited()).toEqual(before);
    expect(ALL_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
    expect([...run.outcomes.keys()].sort()).toEqual(['nothing', 'right', 'unreadable', 'wrong']);
  });

  it('as JSON (seed 42)', { timeout: 300_000 }, async () => {
    const seed = 42;
    const random = seededRandom(seed);
    const before = inherited();
    const kinds = new Set<string>();
    const take = (index: number) => {
      const whole = JSON.stringify(randomDocument(random));
      const text = random() < 0.25 ? mutateText(whole, JSON_TOKENS, random) : whole;
      if (index % 4 === 0) return outcomeOf(checkDocuments(text, OPTIONS).parsed, kinds);
      let json: JsonValue;
      try {
        json = JSON.parse(text);
      } catch {
        return 'no JSON';
      }
      const parsed = checkJsonObject(json, OPTIONS);
      return outcomeOf(parsed === undefined ? [] : [parsed], kinds);
    };
    const run = await runFuzz({ inputs: INPUTS, take });
    expectBounds(run, seed);
    expect(inherited()).toEqual(before);
    expect(ALL_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
    expect([...run.outcomes.keys()].sort()).toEqual(['no JSON', 'nothing', 'right', 'unreadable', 'wrong']);
  });
});
