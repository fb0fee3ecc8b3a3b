import { type Certificate, keyPairFromPem, parseCertificates } from '@quintet/pki';
import { readPrivateFile, readTextFile } from '@quintet/runtime';
import type { AuthorityMaterial } from './authority.ts';

/** Files of an authority made elsewhere, as the secret `cacerts` mounts them. */
export type PluggedInFiles = {
  readonly signingCert: string;
  readonly signingKey: string;
  readonly rootCert: string;
  /** Certificates from the signing certificate up to the root; may hold both ends. */
  readonly certChain?: string;
};

/** Reads a plugged-in authority. Whether the parts fit together is for `createAuthority` to say. */
export async function readPluggedInAuthority(files: PluggedInFiles): Promise<AuthorityMaterial> {
  const keyPair = keyPairFromPem(await readPrivateFile(files.signingKey, { groupMayRead: true }));
  const [certificate, ...following] = await readCertificates(files.signingCert);
  const chain = files.certChain === undefined ? [] : await readCertificates(files.certChain);
  const roots = await readCertificates(files.rootCert);
  if (certificate === undefined) throw new Error('a parsed bundle has at least one certificate');
  return { keyPair, certificate, intermediates: [...following, ...chain], roots };
}

/** Reads a bundle of certificates that must be there. */
export async function readCertificates(file: string): Promise<Certificate[]> {
  return parseCertificates(await readTextFile(file), file);
}
