import type { JsonValue } from '@bufbuild/protobuf';
import { mutateText } from './mutate.ts';
import { pick, type RandomNumbers } from './random.ts';

/** Pieces of YAML that mean something wherever they come to stand. */
const TOKENS = [
  ...[
    '&a ',
    '*a',
    '<<: *a\n',
    '!!binary ',
    '!!js/function ',
    '!<tag:yaml.org,2002:set> ',
    '? ',
    ': ',
    '- ',
    '|\n',
    '>-2\n',
  ],
  ...[
    '\n---\n',
    '\n...\n',
    '%YAML 1.1\n',
    '\t',
    '\r\n',
    '\u0000',
    '\ufeff',
    '\u2028',
    '#',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    ',',
  ],
  ...[
    '__proto__: {polluted: true}\n',
    '"__proto__": &a\n',
    '[[[[[[[[',
    '{a: {a: {a: ',
    '\u{1f4a9}',
    '\ud800',
    '\\u0000',
  ],
  ...['0o17', '0x1f', '.inf', '-.NaN', '1_000', '2020-01-01', 'yes', '~', '1e999', '-0'],
];
const PLAIN = /^[a-z/][\w./-]*$/i;
const WORDS = /^(true|false|null|yes|no|on|off|y|n|\.inf|\.nan)$/i;

/** Documents as a text that people or programs may write, broken now and then. */
export function yamlText(documents: readonly JsonValue[], random: RandomNumbers): string {
  const text = documents.map((document) => `${block(document, '', random)}\n`).join('---\n');
  let broken = text;
  for (let left = random(); left < 0.3; left = random()) broken = mutateText(broken, TOKENS, random);
  return broken;
}

/** A value from the present line on; lines that follow are indented by `indent`. */
function block(value: JsonValue, indent: string, random: RandomNumbers): string {
  if (typeof value !== 'object' || value === null) return scalar(value, random);
  const entries = Object.entries(value);
  if (entries.length === 0 || random() < 0.08) return JSON.stringify(value);
  const deeper = `${indent}  `;
  const lines = entries.map(([key, inner]) => {
    const head = Array.isArray(value) ? '-' : `${scalar(key, random)}:`;
    const comment = random() < 0.02 ? ' # why' : '';
    return `${head}${comment}${isBlock(inner) ? `\n${deeper}` : comment === '' ? ' ' : `\n${deeper}`}${block(inner, deeper, random)}`;
  });
  return lines.join(`\n${indent}`);
}

function isBlock(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function scalar(value: string | number | boolean | null, random: RandomNumbers): string {
  if (typeof value !== 'string') return String(value);
  const plain = PLAIN.test(value) && !WORDS.test(value);
  if (plain && random() < 0.9) return value;
  return pick([JSON.stringify(value), JSON.stringify(value), `'${value.replaceAll("'", "''")}'`], random);
}
