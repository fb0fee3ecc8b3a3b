import { MeshError } from '@quintet/runtime';

type Tokens<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer N}>` ? N : Name) | Tokens<Rest>
  : never;

/** The values that a pattern wants. */
export type Params<P extends string> = Readonly<Record<Tokens<P>, string>>;

const TOKEN = /\{([a-z]+)(>?)\}/g;
/** One token of a subject: nothing that NATS gives a meaning. */
const WORD = /^[A-Za-z0-9_-]+$/;
const WORDS = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

/** The subject of a pattern; throws `invalid_argument` on a value that is no token of a subject. */
export function subjectName(pattern: string, params: Readonly<Record<string, string>>): string {
  return pattern.replaceAll(TOKEN, (_, name: string, rest: string) => {
    const value = params[name] ?? '';
    if (!(rest === '' ? WORD : WORDS).test(value)) {
      throw new MeshError(
        'invalid_argument',
        `${name} ${JSON.stringify(value)} cannot be part of the subject ${pattern}`,
      );
    }
    return value;
  });
}

/** The pattern with NATS wildcards where `params` gives no value. */
export function subjectFilter(
  pattern: string,
  params: Readonly<Record<string, string | undefined>> = {},
): string {
  return pattern.replaceAll(
    TOKEN,
    (_, name: string, rest: string) => params[name] ?? (rest === '' ? '*' : '>'),
  );
}

/** Whether a subject matches a filter with the wildcards of NATS. */
export function subjectMatches(filter: string, subject: string): boolean {
  const want = filter.split('.');
  const have = subject.split('.');
  for (const [i, token] of want.entries()) {
    if (token === '>') return have.length > i;
    if (have[i] === undefined || (token !== '*' && token !== have[i])) return false;
  }
  return want.length === have.length;
}

/** A key of a bucket from any text: what NATS does not allow in a key is written as `=` and two hexadecimal digits. */
export function encodeKey(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replaceAll(/[^-/_a-zA-Z0-9]/g, (c) => `=${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}

/** The text of a key that `encodeKey` made. */
export function decodeKey(key: string): string {
  const bytes = key.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
