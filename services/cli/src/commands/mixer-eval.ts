import { type EvalOutput, evalJson, evalJsonLine, parseExactJson } from '@quintet/expr';
import type { Command, CommandInput } from '../command.ts';
import { CommandFailure, EXIT } from '../exit.ts';
import { readInputFile } from '../input-files.ts';

export const mixerEval: Command = {
  usage: 'mixer eval EXPRESSION [--attributes FILE] [--manifest FILE] | mixer eval --batch FILE',
  description: [
    "Evaluates an expression of mixer's language and prints {type, value, referenced}, or {error} with exit",
    'code 1. With --batch each line of the file is {expression, manifest, attributes}, and each is answered by',
    'a line of its own, in order; errors are answers too, and the exit code is 0.',
  ].join('\n'),
  options: {
    attributes: { type: 'string', value: 'FILE', help: 'JSON object of attribute values by name' },
    manifest: { type: 'string', value: 'FILE', help: 'JSON {"attributes": {NAME: {"valueType": TYPE}}}' },
    batch: { type: 'string', value: 'FILE', help: 'JSON lines to evaluate; - is standard input' },
  },
  positionals: { least: 0, most: 1 },
  async run(input) {
    const { program, positionals, option } = input;
    const batch = option('batch');
    const [expression] = positionals;
    if ((batch === undefined) === (expression === undefined)) {
      throw new CommandFailure(
        EXIT.usage,
        `expected an expression or --batch; usage: quintet ${mixerEval.usage}`,
      );
    }
    if (batch !== undefined) return runBatch(input, batch);
    const answer = await evaluate(input, expression ?? '');
    program.out.write(`${JSON.stringify(answer)}\n`);
    return 'error' in answer ? EXIT.failed : EXIT.ok;
  },
};

async function runBatch({ program }: CommandInput, path: string): Promise<number> {
  const text = await readInputFile(program, path);
  for (const line of text.split('\n')) {
    if (line.trim() !== '') program.out.write(`${JSON.stringify(evalJsonLine(line))}\n`);
  }
  return EXIT.ok;
}

async function evaluate(input: CommandInput, expression: string): Promise<EvalOutput> {
  const manifest = await readJson(input, 'manifest');
  if ('error' in manifest) return manifest;
  const attributes = await readJson(input, 'attributes');
  if ('error' in attributes) return attributes;
  return evalJson({ expression, manifest: manifest.json, attributes: attributes.json });
}

type Read = { readonly json: unknown } | { readonly error: string };

/** The content of the file that a flag names; `json` is undefined when the flag was not given. */
async function readJson({ program, option }: CommandInput, flag: 'attributes' | 'manifest'): Promise<Read> {
  const path = option(flag);
  if (path === undefined) return { json: undefined };
  const text = await readInputFile(program, path);
  try {
    return { json: parseExactJson(text) };
  } catch (error) {
    return {
      error: `${flag}: ${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
