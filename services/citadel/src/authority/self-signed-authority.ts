import { join } from 'node:path';
import {
  type Certificate,
  certificatePem,
  createSelfSignedRoot,
  generateKeyPair,
  type KeyPair,
  type KeyPairOptions,
  keyMatchesCertificate,
  keyPairFromPem,
  parseCertificates,
  privateKeyPem,
} from '@quintet/pki';
import {
  ensurePrivateDirectory,
  fileExists,
  MeshError,
  readPrivateFile,
  readTextFile,
  writeFileAtomically,
} from '@quintet/runtime';
import type { AuthorityMaterial } from './authority.ts';

/** What a self-signed authority is made of. Durations and times are ms. */
export type SelfSignedOptions = {
  /** Holds `ca-cert.pem` and `ca-key.pem`, the names of the classic CA secret. */
  readonly directory: string;
  /** Organization of the root: the trust domain. */
  readonly organization: string;
  readonly rootTtlMs: number;
  readonly keyType: KeyPairOptions;
  /** Certificates trusted beside its own root. */
  readonly extraRoots: readonly Certificate[];
  readonly now: () => number;
  /** 16 random bytes at each call. */
  readonly serial: () => Uint8Array;
};

/** A root is dated back a little, for clocks that lag. */
const BACKDATE_MS = 60_000;

/**
 * Opens the authority kept in a directory, or makes one there. The key is written first: a crash in between leaves a key
 * without a certificate, for which the next start makes one. Of two that start together the first one's key counts.
 */
export async function openSelfSignedAuthority(options: SelfSignedOptions): Promise<AuthorityMaterial> {
  const { directory, keyType } = options;
  await ensurePrivateDirectory(directory);
  const keyFile = join(directory, 'ca-key.pem');
  if (!(await fileExists(keyFile))) {
    if (await fileExists(certificateFile(directory))) {
      throw new MeshError('failed_precondition', `${directory} has ca-cert.pem but not its ca-key.pem`);
    }
    const made = await generateKeyPair(keyType);
    await writeFileAtomically(keyFile, { text: privateKeyPem(made), mode: 0o600, onlyNew: true });
  }
  const keyPair = keyPairFromPem(await readPrivateFile(keyFile, { groupMayRead: false }));
  const found = await readCertificate(directory, keyPair);
  return material(keyPair, found ?? (await writeRoot(options, keyPair)), options);
}

/** Signs a new root with the same key and name, and keeps it. Everything signed under the old one stays valid. */
export async function renewSelfSignedAuthority(
  options: SelfSignedOptions,
  current: AuthorityMaterial,
): Promise<AuthorityMaterial> {
  return material(current.keyPair, await writeRoot(options, current.keyPair, current.certificate), options);
}

/**
 * Whether a root is due for renewal: its remaining life is below `gracePercent` of its whole life. Times are ms since 1970.
 */
export function rootRenewalDue(
  root: Certificate,
  options: { readonly now: number; readonly gracePercent: number },
): boolean {
  const life = root.notAfter - root.notBefore;
  return root.notAfter - options.now < (life * options.gracePercent) / 100;
}

function material(keyPair: KeyPair, root: Certificate, options: SelfSignedOptions): AuthorityMaterial {
  return { keyPair, certificate: root, intermediates: [], roots: [root, ...options.extraRoots] };
}

async function readCertificate(directory: string, keyPair: KeyPair): Promise<Certificate | undefined> {
  const file = certificateFile(directory);
  if (!(await fileExists(file))) return undefined;
  const [certificate] = parseCertificates(await readTextFile(file), file);
  if (certificate === undefined || !keyMatchesCertificate(keyPair, certificate)) {
    throw new MeshError('failed_precondition', `${file} is not a certificate of ca-key.pem beside it`);
  }
  return certificate;
}

async function writeRoot(
  options: SelfSignedOptions,
  keyPair: KeyPair,
  old?: Certificate,
): Promise<Certificate> {
  const now = options.now();
  const root = createSelfSignedRoot({
    keyPair,
    organization: old?.organization ?? options.organization,
    notBefore: now - BACKDATE_MS,
    notAfter: now + options.rootTtlMs,
    serial: options.serial(),
  });
  await writeFileAtomically(certificateFile(options.directory), { text: certificatePem(root), mode: 0o644 });
  return root;
}

function certificateFile(directory: string): string {
  return join(directory, 'ca-cert.pem');
}
