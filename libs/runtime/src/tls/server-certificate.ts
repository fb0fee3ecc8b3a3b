import type { CertificateHolder } from '../identity/certificate-holder.ts';

/** What a server shows to those who connect. */
export type ServerCertificate = {
  /** PEM, the leaf first. */
  readonly cert: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/** Where the certificate of a server comes from; it may change at any time. */
export type ServerCertificateSource = {
  current(): ServerCertificate | undefined;
  /** Calls `listener` with each new certificate; returns what ends that. */
  onChange(listener: (certificate: ServerCertificate) => void): () => void;
};

/** The identity of the service as the certificate of one of its servers. */
export function certificateOfIdentity(identity: CertificateHolder): ServerCertificateSource {
  const convert = (one: { certChainPem: string; keyPem: string; notAfter: number }): ServerCertificate => ({
    cert: one.certChainPem,
    key: one.keyPem,
    notAfter: one.notAfter,
  });
  return {
    current() {
      const certificates = identity.current();
      return certificates && convert(certificates);
    },
    onChange: (listener) => identity.onChange((certificates) => listener(convert(certificates))),
  };
}
