import type { PeerCertificate } from 'node:tls';

/** Who a verified certificate says its holder is. */
export type PeerIdentity = {
  /** The one URI SAN `spiffe://<trust domain>/…`. */
  readonly spiffeId: string;
  /** Of the leaf, lower-case hex SHA-256, for logs. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/**
 * Reads the identity of a certificate that the TLS layer has verified. Undefined without a certificate, and
 * when it has no SPIFFE URI or more than one: SPIFFE X.509-SVID allows exactly one URI SAN.
 */
export function identityOfCertificate(certificate: PeerCertificate | undefined): PeerIdentity | undefined {
  const ids = uriNames(certificate?.subjectaltname ?? '');
  const [spiffeId] = ids;
  if (certificate === undefined || ids.length !== 1 || spiffeId === undefined) return undefined;
  if (!/^spiffe:\/\/[a-z0-9._-]+\/[^\s"]+$/.test(spiffeId)) return undefined;
  return {
    spiffeId,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    notAfter: Date.parse(certificate.valid_to),
  };
}

/**
 * The URI entries of a certificate's subject alternative names as Node prints them. Node quotes an entry that
 * holds a comma or a quote, as JSON; splitting without regard to that would let one name pose as two.
 */
function uriNames(subjectAltName: string): string[] {
  const names: string[] = [];
  for (const [, type, quoted, plain] of subjectAltName.matchAll(
    /([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/g,
  )) {
    if (type === 'URI') names.push(quoted === undefined ? (plain ?? '') : String(JSON.parse(quoted)));
  }
  return names;
}
