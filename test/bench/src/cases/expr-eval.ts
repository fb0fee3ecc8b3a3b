import { bagOf, compile, standardManifest, stringMapOf, type Value } from '@quintet/expr';
import type { BenchCase, Figure } from '../bench-case.ts';
import { costOf } from '../measure/in-process.ts';

const COUNT = 2_000_000;

const EXPRESSIONS = [
  'request.method == "GET"',
  'destination.labels["app"] == "reviews" && destination.labels["version"] == "v3"',
  'match(request.path, "/reviews/*") && source.principal.startsWith("spiffe://cluster.local/") && (request.headers["x-user"] | "nobody") != "admin"',
];

const ATTRIBUTES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['request.method', 'GET'],
  ['request.path', '/reviews/1'],
  ['request.headers', stringMapOf({ 'x-user': 'reader' })],
  ['source.principal', 'spiffe://cluster.local/ns/default/sa/bookinfo-productpage'],
  ['destination.labels', stringMapOf({ app: 'reviews', version: 'v3' })],
]);

export const exprEval: BenchCase = {
  name: 'expr-eval',
  about: `Three compiled expressions of mixer rules, each evaluated ${COUNT} times over the same attributes, all true.`,
  run: async () => EXPRESSIONS.map(evaluation),
};

function evaluation(text: string): Figure {
  const compiled = compile(text, standardManifest);
  if (!compiled.ok) throw new Error(compiled.message);
  const program = compiled.value;
  const bag = bagOf(ATTRIBUTES);
  const work = (): void => {
    if (program.evaluate(bag) !== true) throw new Error(`${text} is not true`);
  };
  const { cpuNs } = costOf(work, { warmUp: COUNT / 10, count: COUNT });
  return { what: `\`${text.replaceAll('|', '\\|')}\``, value: cpuNs, unit: 'ns', note: 'mixer 1.4: 98-650' };
}
