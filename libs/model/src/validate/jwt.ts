import { type Report, shown } from './report.ts';

/** The texts of a list are not empty. */
export function checkNotEmpty(values: readonly string[], path: string, report: Report): void {
  for (const [index, value] of values.entries()) {
    if (value === '') report(`${path}[${index}]`, 'expected a value, found an empty one');
  }
}

/** Checks where keys are fetched: an http or https URL with a host. */
export function checkJwksUri(uri: string, path: string, report: Report): void {
  if (uri === '') return;
  const url = /^https?:\/\//i.test(uri) && URL.canParse(uri) ? new URL(uri) : undefined;
  const right = url !== undefined && url.hostname !== '' && !/\s/.test(uri) && url.port !== '0';
  if (!right) report(path, `expected an http or https URL, found ${shown(uri)}`);
}

/** Checks keys that are written out: a JSON Web Key Set (RFC 7517), a document with a list of keys. */
export function checkJwks(jwks: string, path: string, report: Report): void {
  if (jwks === '') return;
  const keys = keysOf(jwks);
  if (keys === undefined) {
    report(path, 'expected a JSON Web Key Set, that is an object with the list "keys"');
    return;
  }
  for (const [index, key] of keys.entries()) {
    const typed = typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string';
    if (!typed) report(path, `expected a key with "kty" at keys[${index}]`);
  }
}

/** A set of keys, or the one key that a document is itself. */
function keysOf(jwks: string): readonly unknown[] | undefined {
  try {
    const document: unknown = JSON.parse(jwks);
    if (typeof document !== 'object' || document === null) return undefined;
    if ('keys' in document) return Array.isArray(document.keys) ? document.keys : undefined;
    return 'kty' in document ? [document] : undefined;
  } catch {
    return undefined;
  }
}
