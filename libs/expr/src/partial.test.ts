import { describe, expect, it } from 'vitest';
import { parse } from './parse.ts';
import { partialEvaluate } from './partial.ts';
import type { Value } from './value.ts';
import { stringMapOf } from './value.ts';
import { standardManifest } from './vocabulary.ts';

const known = new Map<string, Value | undefined>([
  ['context.reporter.kind', 'inbound'],
  ['destination.labels', stringMapOf({ app: 'ratings', version: 'v1' })],
  ['destination.namespace', 'default'],
  ['connection.event', undefined],
]);

function canMatch(text: string): string {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return partialEvaluate(parsed.value, standardManifest, {
    knowledge: (name) => {
      if (!known.has(name)) return { known: 'nothing' };
      const value = known.get(name);
      return value === undefined ? { known: 'absent' } : { known: 'value', value };
    },
  });
}

describe('partialEvaluate', () => {
  it.each([
    ['true', 'true'],
    ['destination.labels["app"] == "ratings"', 'true'],
    ['destination.labels["app"] == "reviews"', 'false'],
    ['destination.labels["tier"] == "x"', 'false'],
    ['(destination.labels["tier"] | "x") == "x"', 'true'],
    ['request.path == "/"', 'unknown'],
    ['request.path == "/" && destination.namespace == "other"', 'false'],
    ['destination.namespace == "other" && request.path == "/"', 'false'],
    ['request.path == "/" || destination.namespace == "default"', 'unknown'],
    ['destination.namespace == "default" || request.path == "/"', 'true'],
    ['destination.namespace == "default" && request.path == "/"', 'unknown'],
    ['(request.path == "/" && destination.namespace == "other") == false', 'unknown'],
    ['connection.event == "open"', 'false'],
    ['(connection.event | "open") == "open"', 'true'],
    ['(request.host | "x") == "x"', 'unknown'],
    ['conditional(request.path == "/", false, false)', 'false'],
    ['conditional(context.reporter.kind == "inbound", true, request.path == "")', 'true'],
    ['match(destination.namespace, "def*")', 'true'],
    ['"^rat".matches(destination.labels["app"])', 'true'],
    ['destination.labels[request.host] == "x"', 'unknown'],
  ])('%s: %s', (text, expected) => {
    expect(canMatch(text)).toBe(expected);
  });
});
