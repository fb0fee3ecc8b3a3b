import type { PeerCertificate } from 'node:tls';
import { connect } from 'node:tls';

/** The certificate that a TLS server shows to whoever connects, before it asks for the caller's. */
export function peerCertificate(host: string, port: number): Promise<PeerCertificate> {
  return new Promise((resolve, reject) => {
    // What is looked at here is the certificate itself, so it is not checked.
    const socket = connect({ host, port, rejectUnauthorized: false, ALPNProtocols: ['istio'] });
    socket.setTimeout(5000, () => socket.destroy(new Error(`${host}:${port} makes no handshake`)));
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.on('error', () => {});
      socket.destroy();
    });
  });
}
