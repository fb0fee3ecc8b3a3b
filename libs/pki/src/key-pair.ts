import { createPrivateKey, createPublicKey, generateKeyPair as generate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { PkiError } from './error.ts';
import { checkPublicKeyInfo } from './public-key.ts';

const generateAsync = promisify(generate);

/** A private key with its public half. Private keys never leave node:crypto except as PKCS#8 by `privateKeyPem`. */
export type KeyPair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

/** What kind of key to make: P-256, or RSA of 2048 bits unless told otherwise. */
export type KeyPairOptions =
  | { readonly type: 'ec' }
  | { readonly type: 'rsa'; readonly bits?: 2048 | 3072 | 4096 };

/** Makes a key off the main thread; the randomness is the system's. */
export async function generateKeyPair(options: KeyPairOptions): Promise<KeyPair> {
  if (options.type === 'ec') return await generateAsync('ec', { namedCurve: 'P-256' });
  return await generateAsync('rsa', { modulusLength: options.bits ?? 2048 });
}

/** Reads an unencrypted private key (PKCS#8, PKCS#1 or SEC1 PEM). A key that a certificate may not hold is `weak`. */
export function keyPairFromPem(pem: string): KeyPair {
  const privateKey = readPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  checkPublicKeyInfo(publicKeyInfo(publicKey), 'private key');
  return { privateKey, publicKey };
}

/** The private key as PKCS#8 PEM. */
export function privateKeyPem(keyPair: KeyPair): string {
  return keyPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** DER of the SubjectPublicKeyInfo of a public key. */
export function publicKeyInfo(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new PkiError('malformed', 'private key: not an unencrypted PEM private key', { cause });
  }
}
