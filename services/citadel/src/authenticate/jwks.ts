import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { MeshError } from '@quintet/runtime';

/** The signature algorithms of tokens; each goes with one kind of key and no other. */
export type TokenAlgorithm = 'ES256' | 'RS256';

/** One verification key. */
export type TokenKey = { readonly id?: string; readonly algorithm: TokenAlgorithm; readonly key: KeyObject };

const MAX_KEYS = 32;
const MAX_LENGTH = 256 * 1024;
const LEAST_RSA_BITS = 2048;

/**
 * Reads a JSON Web Key Set (RFC 7517). P-256 and RSA signature keys are taken; keys of other kinds are passed over, as the
 * RFC asks. Private keys, weak keys and a set without a usable key are errors: `what` names the file in them.
 */
export function parseJwks(text: string, what: string): TokenKey[] {
  if (text.length > MAX_LENGTH) throw bad(what, `longer than ${MAX_LENGTH} characters`);
  const list = field(parseJson(text, what), 'keys');
  if (!Array.isArray(list)) throw bad(what, 'has no list "keys"');
  if (list.length > MAX_KEYS) throw bad(what, `more than ${MAX_KEYS} keys`);
  const keys = list.map((entry: unknown, index) => readKey(entry, `${what}: keys[${index}]`));
  const usable = keys.filter((key) => key !== undefined);
  if (usable.length === 0) throw bad(what, 'no usable key, expected EC P-256 or RSA');
  return usable;
}

function readKey(entry: unknown, what: string): TokenKey | undefined {
  const kty = field(entry, 'kty');
  if (['d', 'p', 'q', 'k'].some((name) => field(entry, name) !== undefined))
    throw bad(what, 'a private key has no place here');
  const use = field(entry, 'use');
  if (use !== undefined && use !== 'sig') return undefined;
  const algorithm: TokenAlgorithm | undefined =
    kty === 'RSA' ? 'RS256' : kty === 'EC' && field(entry, 'crv') === 'P-256' ? 'ES256' : undefined;
  const alg = field(entry, 'alg');
  if (algorithm === undefined || (alg !== undefined && alg !== algorithm)) return undefined;
  const names = algorithm === 'RS256' ? ['n', 'e'] : ['x', 'y'];
  const jwk: JsonWebKey = { kty: String(kty), ...(algorithm === 'ES256' && { crv: 'P-256' }) };
  for (const name of names) jwk[name] = stringField(entry, name, what);
  const key = importKey(jwk, what);
  if (algorithm === 'RS256' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS) {
    throw bad(what, `RSA key below ${LEAST_RSA_BITS} bits`);
  }
  const id = field(entry, 'kid');
  return { algorithm, key, ...(typeof id === 'string' && { id }) };
}

function importKey(jwk: JsonWebKey, what: string): KeyObject {
  try {
    return createPublicKey({ format: 'jwk', key: jwk });
  } catch (cause) {
    throw new MeshError('invalid_argument', `${what}: not a usable key`, { cause });
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new MeshError('invalid_argument', `${what}: not JSON`, { cause });
  }
}

function stringField(value: unknown, name: string, what: string): string {
  const found = field(value, name);
  if (typeof found !== 'string') throw bad(what, `"${name}" is not a string`);
  return found;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function bad(what: string, problem: string): MeshError {
  return new MeshError('invalid_argument', `${what}: ${problem}`);
}
