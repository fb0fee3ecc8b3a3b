import { Server as TlsServer } from 'node:tls';
import type { HttpServer } from '../http/http-server.ts';
import type { ServerCertificate, ServerCertificateSource } from './server-certificate.ts';

export type FollowOptions = {
  readonly source: ServerCertificateSource;
  /** PEM of the roots of clients that may connect; without it clients need no certificate. */
  readonly clientRoots: string | undefined;
  readonly onCertificate: (certificate: ServerCertificate) => void;
};

/**
 * A server of TLS that shows the newest certificate to every new connection; connections that are open go on. Before
 * the first certificate nobody can connect.
 */
export function followCertificate(server: HttpServer, options: FollowOptions): HttpServer {
  const { source, clientRoots, onCertificate } = options;
  const listener = server.app.server;
  if (!(listener instanceof TlsServer)) throw new TypeError(`${server.name} does not speak TLS`);
  const use = (certificate: ServerCertificate) => {
    const { cert, key } = certificate;
    listener.setSecureContext({ cert, key, ...(clientRoots !== undefined && { ca: clientRoots }) });
    onCertificate(certificate);
  };
  let end: (() => void) | undefined;
  return {
    ...server,
    async start() {
      end = source.onChange(use);
      const current = source.current();
      if (current !== undefined) use(current);
      await server.start?.();
    },
    async stop(signal) {
      end?.();
      await server.stop?.(signal);
    },
  };
}
