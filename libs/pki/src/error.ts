/**
 * Why something about a key, request or certificate was refused.
 * `malformed`: not what it claims to be; `weak`: a key or algorithm below the floor; `refused`: well formed, asks for what is
 * never granted; `signature`: a signature does not verify; `expired`: outside its time; `untrusted`: leads to no trusted root;
 * `ttl`: a lifetime that cannot be given.
 */
export type PkiErrorCode = 'malformed' | 'weak' | 'refused' | 'signature' | 'expired' | 'untrusted' | 'ttl';

/** The only error this library throws at its callers; anything else thrown is a bug. */
export class PkiError extends Error {
  readonly code: PkiErrorCode;

  constructor(code: PkiErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'PkiError';
    this.code = code;
  }
}
