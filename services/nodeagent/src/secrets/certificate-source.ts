import type { Certificates } from '@quintet/runtime';

/** What is asked of citadel. */
export type SigningRequest = {
  /** Says for whom. */
  readonly token: string;
  /** Milliseconds the answer may take. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/**
 * Makes a key and has it signed. Rejects with `MeshError`: `unauthenticated` or `permission_denied` when citadel does not
 * accept the token, anything else when it may help to try again.
 */
export type CertificateSource = (request: SigningRequest) => Promise<Certificates>;
