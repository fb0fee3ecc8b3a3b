import forge from 'node-forge';

const DAY_MS = 86_400_000;

/** A certificate made by node-forge alone, for tests against an independent writer. RSA only. */
export type ForgeEntity = {
  readonly certificate: forge.pki.Certificate;
  readonly keys: forge.pki.rsa.KeyPair;
  readonly pem: string;
};

/** Makes a certificate; without an issuer it signs itself. Extensions as node-forge takes them. */
export function forgeCertificate(options: {
  readonly name: string;
  readonly issuer?: ForgeEntity;
  readonly keys: forge.pki.rsa.KeyPair;
  readonly extensions: readonly object[];
  readonly now: number;
  readonly days?: number;
}): ForgeEntity {
  const { name, issuer, keys, extensions, now, days = 10 } = options;
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(now - DAY_MS);
  certificate.validity.notAfter = new Date(now + days * DAY_MS);
  certificate.setSubject([{ name: 'organizationName', value: name }]);
  certificate.setIssuer([
    { name: 'organizationName', value: issuer?.certificate.subject.getField('O').value ?? name },
  ]);
  certificate.setExtensions([...extensions]);
  certificate.sign((issuer?.keys ?? keys).privateKey, forge.md.sha256.create());
  return { certificate, keys, pem: forge.pki.certificateToPem(certificate) };
}

/** Makes a PEM signing request with these requested extensions. */
export function forgeCsr(options: {
  readonly keys: forge.pki.rsa.KeyPair;
  readonly extensions?: readonly object[];
  readonly digest?: forge.md.MessageDigest;
}): string {
  const csr = forge.pki.createCertificationRequest();
  csr.publicKey = options.keys.publicKey;
  csr.setSubject([{ name: 'organizationName', value: 'anything' }]);
  if (options.extensions !== undefined)
    csr.setAttributes([{ name: 'extensionRequest', extensions: [...options.extensions] }]);
  csr.sign(options.keys.privateKey, options.digest ?? forge.md.sha256.create());
  return forge.pki.certificationRequestToPem(csr);
}

/** An RSA key as node-forge has it, from a PEM private key. */
export function forgeKeys(pem: string): forge.pki.rsa.KeyPair {
  const privateKey = forge.pki.privateKeyFromPem(pem);
  return { privateKey, publicKey: forge.pki.setRsaPublicKey(privateKey.n, privateKey.e) };
}
