import { parseArgs } from 'node:util';
import { errorText } from '@quintet/runtime';
import type { Program } from '@quintet/runtime/command';
import type { BenchCase } from './bench-case.ts';
import { CASES } from './cases.ts';
import { prepareForm, RESULTS } from './checkout.ts';
import { timeFixedWork } from './measure/fixed-work.ts';
import { currentLoad, describeMachine } from './report/machine.ts';
import { keepResult, type Result, resultJson } from './report/result.ts';
import { figureTable } from './report/table.ts';

const USAGE_ERROR = 64;

/**
 * `bench [case…] [--json] [--no-keep]`: runs cases (all unless named) one after the other, prints their figures and keeps them in
 * `test/bench/results`.
 */
export async function runBench(program: Program): Promise<number> {
  const asked = readArguments(program);
  if (asked === undefined) return USAGE_ERROR;
  prepareForm(program.nodePath);
  const machine = await describeMachine();
  const results: Result[] = [];
  const stop = program.stopSignal();
  for (const bench of asked.cases) {
    if (stop.aborted) break;
    program.err.write(`${bench.name} ...\n`);
    const load = currentLoad();
    const say = (text: string): void => program.err.write(`  ${text}\n`);
    const before = timeFixedWork();
    const figures = await bench.run({ nodePath: program.nodePath, stop, say });
    const fixedWork = [before, timeFixedWork()] as const;
    const result: Result = { bench, figures, machine, load, fixedWork, at: Date.now() };
    results.push(result);
    if (asked.keep) await keepResult(RESULTS, result);
    if (!asked.json) program.out.write(`\n${bench.name}\n${figureTable(figures)}\n\n`);
  }
  if (asked.json) program.out.write(`${JSON.stringify(results.map(resultJson), null, 2)}\n`);
  return stop.aborted ? 1 : 0;
}

type Asked = { readonly cases: readonly BenchCase[]; readonly json: boolean; readonly keep: boolean };

function readArguments({ args, err }: Program): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, 'no-keep': { type: 'boolean', default: false } },
    });
    const unknown = positionals.filter((name) => CASES.every((bench) => bench.name !== name));
    if (unknown.length > 0) {
      const names = CASES.map(({ name }) => name).join(', ');
      err.write(`bench: no case ${unknown.join(', ')}; there are: ${names}\n`);
      return undefined;
    }
    const cases = CASES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return { cases, json: values.json, keep: !values['no-keep'] };
  } catch (error) {
    err.write(`bench: ${errorText(error)}\nusage: bench [case...] [--json] [--no-keep]\n`);
    return undefined;
  }
}
