import {
  type Certificate,
  certificatePem,
  generateKeyPair,
  type KeyPair,
  parseCertificate,
  privateKeyPem,
} from '@quintet/pki';
import type { CertificateTexts } from '@quintet/runtime';
import type { Authority } from './authority/authority.ts';
import { lifetimeFor } from './issue/lifetime.ts';

/** Citadel's certificate for its own port, and the key it signs trust bundles with. */
export type ServerCertificate = {
  readonly texts: CertificateTexts;
  readonly keyPair: KeyPair;
  /** Leaf first, root last. */
  readonly chain: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/** Who citadel is: one SPIFFE id, and DNS names for clients that look at host names. `ttlMs` is the wanted lifetime. */
export type ServerNames = {
  readonly spiffeId: string;
  readonly dnsNames: readonly string[];
  readonly ttlMs: number;
};

/** Signs a certificate for a new key in process; nobody else is asked. `now` is ms since 1970, `serial` 16 random bytes. */
export async function makeServerCertificate(
  authority: Authority,
  options: ServerNames & { readonly now: number; readonly serial: Uint8Array },
): Promise<ServerCertificate> {
  const { spiffeId, dnsNames, ttlMs, now, serial } = options;
  const keyPair = await generateKeyPair({ type: 'ec' });
  const validity = lifetimeFor(ttlMs, {
    defaultMs: ttlMs,
    maxMs: ttlMs,
    authorityNotAfter: authority.notAfter,
    now,
  });
  const der = authority.issuer.issue({
    publicKeyInfo: keyPair.publicKey.export({ type: 'spki', format: 'der' }),
    names: { uris: [spiffeId], dnsNames, ipAddresses: [] },
    serial,
    ...validity,
  });
  const chain = [parseCertificate(der), ...authority.chain];
  return {
    keyPair,
    chain,
    notAfter: validity.notAfter,
    texts: {
      certChainPem: chain.map(certificatePem).join(''),
      keyPem: privateKeyPem(keyPair),
      rootPem: authority.material.roots.map(certificatePem).join(''),
    },
  };
}

/** DNS names of citadel's host identities: each alone, and within the namespace of its service. */
export function serverDnsNames(hostIdentities: readonly string[], namespace: string): string[] {
  return hostIdentities.flatMap((name) => [name, `${name}.${namespace}`, `${name}.${namespace}.svc`]);
}
