import { normalDnsName } from './dns-name.ts';
import { parseDuration } from './duration.ts';
import { emailProblem } from './email-address.ts';
import { Fault } from './fault.ts';
import { parseIp } from './ip-address.ts';
import { regexMatcher } from './regex.ts';
import { parseTimestamp } from './timestamp.ts';
import { uriProblem } from './uri.ts';
import type { Value, ValueType } from './value.ts';
import { stringMap } from './value.ts';

/** `T` stands for one type, the same wherever it occurs in a signature. */
export type ParameterType = ValueType | 'T';

export type Signature = {
  /** The type of the instance; absent for plain functions. */
  readonly target?: ValueType;
  readonly args: readonly ParameterType[];
  readonly result: ParameterType;
  /** The types that `T` may stand for; all when absent. */
  readonly among?: readonly ValueType[];
};

/** Operators and control functions: the compiler knows how they evaluate. */
const OPERATORS: readonly (readonly [string, Signature])[] = [
  ['EQ', { args: ['T', 'T'], result: 'BOOL' }],
  ['NEQ', { args: ['T', 'T'], result: 'BOOL' }],
  ...['LT', 'LE', 'GT', 'GE'].map((name): [string, Signature] => [
    name,
    { args: ['T', 'T'], result: 'BOOL', among: ['STRING', 'INT64', 'DOUBLE', 'TIMESTAMP'] },
  ]),
  ['LAND', { args: ['BOOL', 'BOOL'], result: 'BOOL' }],
  ['LOR', { args: ['BOOL', 'BOOL'], result: 'BOOL' }],
  ['OR', { args: ['T', 'T'], result: 'T' }],
  ['ADD', { args: ['T', 'T'], result: 'T', among: ['STRING', 'INT64', 'DOUBLE'] }],
  ['INDEX', { args: ['STRING_MAP', 'STRING'], result: 'STRING' }],
  ['conditional', { args: ['BOOL', 'T', 'T'], result: 'T' }],
  ['conditionalString', { args: ['BOOL', 'STRING', 'STRING'], result: 'STRING' }],
];

/** Applies a function to its evaluated target (if it has one) and arguments. */
export type Apply = (...values: readonly Value[]) => Value | Fault;

const EMPTY = stringMap(new Map());

const STRICT: readonly (readonly [string, Signature & { readonly apply: Apply }])[] = [
  [
    'match',
    {
      args: ['STRING', 'STRING'],
      result: 'BOOL',
      apply: (text, glob) => matchGlob(String(text), String(glob)),
    },
  ],
  [
    'matches',
    {
      target: 'STRING',
      args: ['STRING'],
      result: 'BOOL',
      apply: (regex, text) => matches(String(regex), String(text)),
    },
  ],
  [
    'startsWith',
    {
      target: 'STRING',
      args: ['STRING'],
      result: 'BOOL',
      apply: (text, prefix) => String(text).startsWith(String(prefix)),
    },
  ],
  [
    'endsWith',
    {
      target: 'STRING',
      args: ['STRING'],
      result: 'BOOL',
      apply: (text, suffix) => String(text).endsWith(String(suffix)),
    },
  ],
  [
    'ip',
    {
      args: ['STRING'],
      result: 'IP_ADDRESS',
      apply: (text) => parseIp(String(text)) ?? new Fault(`could not convert ${text} to IP_ADDRESS`),
    },
  ],
  [
    'timestamp',
    {
      args: ['STRING'],
      result: 'TIMESTAMP',
      apply: (text) =>
        parseTimestamp(String(text)) ??
        new Fault(`could not convert '${text}' to TIMESTAMP. expected format: '2006-01-02T15:04:05Z07:00'`),
    },
  ],
  [
    'duration',
    {
      args: ['STRING'],
      result: 'DURATION',
      apply: (text) => parseDuration(String(text)) ?? new Fault(`could not convert '${text}' to DURATION`),
    },
  ],
  [
    'email',
    {
      args: ['STRING'],
      result: 'EMAIL_ADDRESS',
      apply: (text) => converted(text, 'e-mail', emailProblem(String(text))),
    },
  ],
  [
    'dnsName',
    {
      args: ['STRING'],
      result: 'DNS_NAME',
      apply: (text) => converted(text, 'dns name', dnsNameProblem(String(text))),
    },
  ],
  [
    'uri',
    {
      args: ['STRING'],
      result: 'URI',
      apply: (text) =>
        text === ''
          ? new Fault('error converting string to uri: empty string')
          : converted(text, 'uri', uriProblem(String(text))),
    },
  ],
  ['toLower', { args: ['STRING'], result: 'STRING', apply: (text) => String(text).toLowerCase() }],
  ['size', { args: ['STRING'], result: 'INT64', apply: (text) => BigInt(Buffer.byteLength(String(text))) }],
  ['emptyStringMap', { args: [], result: 'STRING_MAP', apply: () => EMPTY }],
];

/** Functions whose arguments are always evaluated, with what they do. */
export const STRICT_FUNCTIONS: ReadonlyMap<string, Signature & { readonly apply: Apply }> = new Map(STRICT);

/** Every function and operator that type checking knows. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...OPERATORS,
  ...STRICT,
]);

/** Whether the text fits the pattern: `x*` by prefix, `*x` by suffix, all else by equality. */
export function matchGlob(text: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith('*')) return text.endsWith(pattern.slice(1));
  return text === pattern;
}

function matches(regex: string, text: string): boolean | Fault {
  const matcher = regexMatcher(regex);
  return matcher instanceof Fault ? matcher : matcher(text);
}

function converted(text: Value, form: string, problem: string | undefined): Value | Fault {
  return problem === undefined ? text : new Fault(`error converting '${text}' to ${form}: '${problem}'`);
}

function dnsNameProblem(name: string): string | undefined {
  return normalDnsName(name) === undefined ? 'idna: invalid label' : undefined;
}
