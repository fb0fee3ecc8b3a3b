import type { PeerCertificate } from 'node:tls';
import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import type { CertificateHolder } from '../identity/certificate-holder.ts';
import type { Certificates } from '../identity/certificates.ts';
import { createAllowList } from './allow-list.ts';
import { identityOfCertificate } from './peer-identity.ts';

type CaListener = Parameters<experimental.CertificateProvider['addCaCertificateListener']>[0];
type IdentityListener = Parameters<experimental.CertificateProvider['addIdentityCertificateListener']>[0];

/** Whether callers must show a certificate of the mesh, or may. Who shows a wrong one has none. */
export type ClientCertificateMode = 'required' | 'optional';

/**
 * Credentials of a server that follow the holder: new connections get the newest certificate, and before the
 * first one connections are dropped.
 */
export function serverCredentials(
  holder: CertificateHolder,
  options: { readonly clientCertificate: ClientCertificateMode },
): ServerCredentials {
  const provider = certificateProvider(holder);
  // Declared as (ca, identity), and both are the same object here: grpc-js 1.14.7 confuses the order.
  return experimental.createCertificateProviderServerCredentials(
    provider,
    provider,
    options.clientCertificate === 'required',
  );
}

/**
 * Credentials of a client that follow the holder. The server must have one of the SPIFFE ids of `peers` (stars
 * as in allow lists); its host name does not matter. Calls wait for the first certificate.
 */
export function channelCredentials(
  holder: CertificateHolder,
  options: { readonly peers: readonly string[] },
): ChannelCredentials {
  const provider = certificateProvider(holder);
  return experimental.createCertificateProviderChannelCredentials(provider, provider, {
    checkServerIdentity: peerCheck(options.peers),
  });
}

/** Answers what Node's TLS asks about a server's certificate: an error unless it is one of `peers`. */
export function peerCheck(
  peers: readonly string[],
): (host: string, certificate: PeerCertificate) => Error | undefined {
  const allowed = createAllowList(peers);
  return (_, certificate) => {
    const identity = identityOfCertificate(certificate);
    if (identity !== undefined && allowed.allows(identity.spiffeId)) return undefined;
    const found = identity?.spiffeId ?? 'a certificate without a SPIFFE id';
    return new Error(`the server is ${found}, expected ${peers.join(' or ')}`);
  };
}

/** The holder as grpc-js asks for it. */
function certificateProvider(holder: CertificateHolder): experimental.CertificateProvider {
  const subscriptions = new Map<unknown, () => void>();
  const subscribe = (key: unknown, tell: (certificates: Certificates) => void) => {
    const end = holder.onChange(tell);
    subscriptions.set(key, end);
    // As grpc-js' own providers do: never within the call that adds the listener.
    process.nextTick(() => {
      const current = holder.current();
      if (current !== undefined && subscriptions.get(key) === end) tell(current);
    });
  };
  const unsubscribe = (key: unknown) => {
    subscriptions.get(key)?.();
    subscriptions.delete(key);
  };
  return {
    addCaCertificateListener: (listener: CaListener) =>
      subscribe(listener, ({ rootPem }) => listener({ caCertificate: Buffer.from(rootPem) })),
    removeCaCertificateListener: unsubscribe,
    addIdentityCertificateListener: (listener: IdentityListener) =>
      subscribe(listener, ({ certChainPem, keyPem }) =>
        listener({ certificate: Buffer.from(certChainPem), privateKey: Buffer.from(keyPem) }),
      ),
    removeIdentityCertificateListener: unsubscribe,
  };
}
